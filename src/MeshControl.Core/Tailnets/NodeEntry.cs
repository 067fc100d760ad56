using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;

namespace MeshControl.Core.Tailnets;

/// <summary>A node as it stands in a snapshot.</summary>
/// <param name="Index">Dense index inside the tailnet; given to another node after this one is gone.</param>
/// <param name="Node">The durable part.</param>
/// <param name="Presence">The volatile part.</param>
public sealed record NodeEntry(int Index, Node Node, NodePresence Presence)
{
    // What was rendered belongs to this very state, so a copy that is about to differ begins without.
    private NodeEntry(NodeEntry original) =>
        (Index, Node, Presence, Renderings) = (original.Index, original.Node, original.Presence, new());

    public NodeId Id => Node.Id;

    /// <summary>
    /// Others are told of a node when it is approved and its client has spoken once: without a disco key they would ignore it,
    /// and one message per join is enough.
    /// </summary>
    public bool IsAnnounced => !Node.NeedsApproval && !Node.DiscoKey.IsZero;

    /// <summary>How the node is written for its peers, made when it is first sent.</summary>
    internal PeerRenderings Renderings { get; } = new();

    // What was rendered is no part of what a node is.
    public bool Equals(NodeEntry? other) =>
        ReferenceEquals(this, other) || (other is not null && Index == other.Index && Node == other.Node && Presence == other.Presence);

    public override int GetHashCode() => HashCode.Combine(Index, Node, Presence);
}
