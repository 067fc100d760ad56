using MeshControl.Core.Model;

namespace MeshControl.Core.Tailnets;

/// <summary>A node as it stands in a snapshot.</summary>
/// <param name="Index">Dense index inside the tailnet; given to another node after this one is gone.</param>
/// <param name="Node">The durable part.</param>
/// <param name="Presence">The volatile part.</param>
public sealed record NodeEntry(int Index, Node Node, NodePresence Presence)
{
    public NodeId Id => Node.Id;

    /// <summary>
    /// Others are told of a node when its client has spoken once: without a disco key they would ignore it,
    /// and one message per join is enough.
    /// </summary>
    public bool IsAnnounced => !Node.DiscoKey.IsZero;
}
