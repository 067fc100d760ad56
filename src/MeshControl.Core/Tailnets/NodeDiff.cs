using MeshControl.Core.Maps;
using MeshControl.Core.Model;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// Compares two states of a node. Changes are always found by comparison, never announced by the command that made them,
/// so no command can forget one, and a replica that reads rows again finds the same.
/// </summary>
public static class NodeDiff
{
    public static NodeAspects Between(NodeEntry? before, NodeEntry? after)
    {
        if (before is null || after is null)
        {
            return before is not null ? NodeAspects.Disappeared
                : after is { IsAnnounced: true } ? NodeAspects.Appeared
                : NodeAspects.SelfOnly;
        }

        var aspects = OfNode(before.Node, after.Node) | OfPresence(before.Presence, after.Presence);
        return aspects == NodeAspects.None || (before.IsAnnounced && after.IsAnnounced) ? aspects
            : after.IsAnnounced ? aspects | NodeAspects.Appeared
            : before.IsAnnounced ? aspects | NodeAspects.Whole
            : NodeAspects.SelfOnly;
    }

    private static NodeAspects OfNode(Node before, Node after)
    {
        if (ReferenceEquals(before, after))
        {
            return NodeAspects.None;
        }

        var aspects = before.DiscoKey == after.DiscoKey ? NodeAspects.None : NodeAspects.DiscoKey;
        var same = before.NodeKey == after.NodeKey
            && before.MachineKey == after.MachineKey
            && before.Owner == after.Owner
            && before.Tags.AsSpan().SequenceEqual(after.Tags.AsSpan())
            && Equals(before.IPv4, after.IPv4)
            && Equals(before.IPv6, after.IPv6)
            && before.GivenName == after.GivenName
            && before.Expiry == after.Expiry
            && before.CapabilityVersion == after.CapabilityVersion
            && before.NetworkLockKey == after.NetworkLockKey
            && before.Ephemeral == after.Ephemeral
            && before.NeedsApproval == after.NeedsApproval;
        if (!before.Hostinfo.Equals(after.Hostinfo) && !PeerHostinfo.Of(before.Hostinfo).Equals(PeerHostinfo.Of(after.Hostinfo)))
        {
            aspects |= NodeAspects.Hostinfo;
        }

        return same ? aspects : aspects | NodeAspects.Whole;
    }

    private static NodeAspects OfPresence(NodePresence before, NodePresence after)
    {
        if (ReferenceEquals(before, after))
        {
            return NodeAspects.None;
        }

        var aspects = NodeAspects.None;
        if (!before.Endpoints.AsSpan().SequenceEqual(after.Endpoints.AsSpan()))
        {
            aspects |= NodeAspects.Endpoints;
        }

        if (before.HomeDerp != after.HomeDerp)
        {
            aspects |= NodeAspects.HomeDerp;
        }

        // Last seen is only shown of nodes that are offline.
        if (before.Online != after.Online || (!after.Online && before.LastSeen != after.LastSeen))
        {
            aspects |= NodeAspects.Online;
        }

        return aspects;
    }
}
