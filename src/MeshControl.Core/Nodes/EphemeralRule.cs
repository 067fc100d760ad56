using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>When an ephemeral node has been away for too long.</summary>
internal static class EphemeralRule
{
    /// <summary>
    /// What a machine has at least to open its first map stream after it registered. Between the two lie a firewall that asks somebody,
    /// or a machine that installs its driver first.
    /// </summary>
    public static readonly TimeSpan FirstMapWait = TimeSpan.FromMinutes(10);

    /// <summary>Whether the node has to go. That none of its streams is open just now, the caller knows.</summary>
    /// <param name="entry">Any node.</param>
    /// <param name="timeout">How long it may be away.</param>
    /// <param name="now">The time.</param>
    public static bool IsOverdue(NodeEntry entry, TimeSpan timeout, DateTimeOffset now)
    {
        if (!entry.Node.Ephemeral || entry.Presence.Online)
        {
            return false;
        }

        // A node that has not spoken yet has no disco key.
        var wait = entry.IsAnnounced || timeout > FirstMapWait ? timeout : FirstMapWait;
        return now - LastHeardOf(entry) >= wait;
    }

    /// <summary>
    /// A node that registers is there, though it has no stream yet: its time begins anew, so that it is not removed between the two.
    /// </summary>
    public static NodePresence Registered(Node node, NodePresence presence, DateTimeOffset now) =>
        node.Ephemeral && !presence.Online && !(presence.LastSeen >= now) ? presence with { LastSeen = now } : presence;

    private static DateTimeOffset LastHeardOf(NodeEntry entry) =>
        entry.Presence.LastSeen is { } seen && seen > entry.Node.CreatedAt ? seen : entry.Node.CreatedAt;
}
