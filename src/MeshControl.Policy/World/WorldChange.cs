namespace MeshControl.Policy.World;

/// <summary>What became different about users and nodes.</summary>
public sealed record WorldChange
{
    /// <summary>New ones, and those that changed.</summary>
    public IReadOnlyCollection<PolicyUser> Users { get; init; } = [];

    public IReadOnlyCollection<long> RemovedUsers { get; init; } = [];

    /// <summary>New ones, and those that changed; an index may be another node's now.</summary>
    public IReadOnlyCollection<PolicyNode> Nodes { get; init; } = [];

    /// <summary>Indexes that no node has any more.</summary>
    public IReadOnlyCollection<int> RemovedNodes { get; init; } = [];

    public bool IsEmpty => Users.Count + RemovedUsers.Count + Nodes.Count + RemovedNodes.Count == 0;
}
