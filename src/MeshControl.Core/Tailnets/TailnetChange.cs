using System.Collections.Immutable;
using MeshControl.Core.Model;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Tailnets;

/// <summary>What one published snapshot changed against the one before.</summary>
/// <param name="Nodes">By node: its state before (null when it is new) and after (null when it is gone).</param>
/// <param name="Users">Users whose profile changed; that of a new one is sent with its first node.</param>
/// <param name="Settings">What of the settings changed, as far as clients are told.</param>
/// <param name="Access">What of who may do what changed; null: nothing.</param>
public sealed record TailnetChange(
    ImmutableArray<NodeTransition> Nodes, ImmutableArray<UserId> Users, SettingsAspects Settings, AccessChange? Access)
{
    public bool IsEmpty => Nodes.IsEmpty && Users.IsEmpty && Settings == SettingsAspects.None && Access is null;
}
