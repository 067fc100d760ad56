using System.Reflection;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>
/// Compares what a node learned step by step with what the server would tell it at once: whatever deltas went wrong, were
/// lost or were ignored by the client's rules shows as a difference.
/// </summary>
public static class NetmapDifference
{
    private static readonly PropertyInfo[] Properties = typeof(MapNode).GetProperties();

    /// <summary>The first difference that means something, or null.</summary>
    public static string? Find(Netmap actual, Netmap expected)
    {
        if (!actual.Peers.Keys.SequenceEqual(expected.Peers.Keys))
        {
            return $"peers {string.Join(' ', actual.Peers.Keys)} instead of {string.Join(' ', expected.Peers.Keys)}";
        }

        foreach (var (id, peer) in expected.Peers)
        {
            // Nodes that share a pool often hold the very same description.
            var known = actual.Peers[id];
            if (!ReferenceEquals(known, peer) && Find(Normalise(known), Normalise(peer)) is { } difference)
            {
                return $"peer {Netmap.FirstLabel(peer)} with {difference}";
            }

            if (!actual.Users.ContainsKey(peer.User))
            {
                return $"no profile of user {peer.User}";
            }
        }

        return Find(NormaliseSelf(actual.Self), NormaliseSelf(expected.Self)) is { } self ? $"itself with {self}"
            : !expected.Users.All(user => actual.Users.GetValueOrDefault(user.Key) == user.Value) ? "other profiles"
            : !actual.Filters.SequenceEqual(expected.Filters) ? "another packet filter"
            : actual.Dns != expected.Dns ? $"DNS {actual.Dns}\ninstead of {expected.Dns}"
            : actual.Derp != expected.Derp ? "another relay map"
            : actual.Domain != expected.Domain ? $"domain {actual.Domain} instead of {expected.Domain}"
            : actual.Ssh != expected.Ssh ? "another SSH policy"
            : null;
    }

    private static string? Find(MapNode actual, MapNode expected)
    {
        if (actual == expected)
        {
            return null;
        }

        foreach (var property in Properties)
        {
            var (found, wanted) = (property.GetValue(actual), property.GetValue(expected));
            if (!Equals(found, wanted))
            {
                return $"{property.Name} {found}\ninstead of {wanted}";
            }
        }

        return null;
    }

    // Lists that are absent and empty ones are the same to clients here, and when a peer was last seen is for the eye.
    private static MapNode Normalise(MapNode node) => node with
    {
        Endpoints = node.Endpoints is { Count: > 0 } ? node.Endpoints : null,
        LastSeen = null,
    };

    // A stream does not tell a client what the client itself told the server.
    private static MapNode NormaliseSelf(MapNode node) => Normalise(node) with
    {
        Endpoints = null,
        HomeDerp = 0,
        DiscoKey = default,
        Hostinfo = null,
    };
}
