using MeshControl.Core.Model;
using MeshControl.Core.Policies;

namespace MeshControl.Core.Storage;

/// <summary>A tailnet as the database has it.</summary>
public sealed record StoredTailnet(TailnetId Id, string Name, long Sequence)
{
    public IReadOnlyList<User> Users { get; init; } = [];

    public IReadOnlyList<Node> Nodes { get; init; } = [];

    /// <summary>Never online: that is for the running server to know.</summary>
    public IReadOnlyDictionary<NodeId, NodePresence> Presence { get; init; } = new Dictionary<NodeId, NodePresence>();

    public IReadOnlyList<PreAuthKey> PreAuthKeys { get; init; } = [];

    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>The version in force: the last one that was accepted. Null when none ever was.</summary>
    public StoredPolicy? Policy { get; init; }
}
