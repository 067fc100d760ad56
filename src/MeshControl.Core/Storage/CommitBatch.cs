using MeshControl.Core.Model;
using MeshControl.Core.Policies;

namespace MeshControl.Core.Storage;

/// <summary>All rows that one transaction writes. Each entity occurs at most once, with its final state.</summary>
/// <param name="Tailnet">Every row belongs to it.</param>
/// <param name="ExpectedSequence">The sequence the batch was decided on; the commit sets the next one or is fenced.</param>
/// <param name="At">Time of the change rows.</param>
public sealed record CommitBatch(TailnetId Tailnet, long ExpectedSequence, DateTimeOffset At)
{
    public long NewSequence => ExpectedSequence + 1;

    public IReadOnlyList<RowChange<User>> Users { get; init; } = [];

    public IReadOnlyList<RowChange<Node>> Nodes { get; init; } = [];

    /// <summary>Presence of nodes that are inserted in this batch and already have some; written together with them.</summary>
    public IReadOnlyList<KeyValuePair<NodeId, NodePresence>> Presence { get; init; } = [];

    public IReadOnlyList<RowChange<PreAuthKey>> PreAuthKeys { get; init; } = [];

    public IReadOnlyList<RowChange<ApiKey>> ApiKeys { get; init; } = [];

    /// <summary>New versions, ascending; the last one is in force. Versions beyond <see cref="PolicyLimits.MaxVersions"/> go.</summary>
    public IReadOnlyList<StoredPolicy> Policies { get; init; } = [];

    /// <summary>What the change log keeps of this batch, in order.</summary>
    public IReadOnlyList<ChangeEntry> Changes { get; init; } = [];
}
