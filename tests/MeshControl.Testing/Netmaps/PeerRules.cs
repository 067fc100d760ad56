using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>The peers' part of <see cref="NetmapRules"/>.</summary>
internal sealed class PeerRules(int version, TimeProvider time, NetmapPool? pool)
{
    // Releases 1.98 to 1.102 distrust a new path discovery key that comes with an old time of last contact.
    private const int FirstStaleDiscoVersion = 138;
    private const int LastStaleDiscoVersion = 142;

    private readonly bool _dropsStaleDisco = version is >= FirstStaleDiscoVersion and <= LastStaleDiscoVersion;

    public ImmutableSortedDictionary<long, MapNode> Apply(ImmutableSortedDictionary<long, MapNode> peers, MapResponse message)
    {
        if (message.Peers is { Count: > 0 } all)
        {
            // An empty list changes nothing; a full one makes the client ignore the other fields about peers.
            return all.ToImmutableSortedDictionary(peer => peer.Id, peer => KeepFreshDisco(peers, peer));
        }

        var (changed, patches) = TurnIntoPatches(peers, message);
        var builder = peers.ToBuilder();
        builder.RemoveRange(message.PeersRemoved ?? []);
        foreach (var peer in changed)
        {
            builder[peer.Id] = peer;
        }

        foreach (var (id, seen) in message.PeerSeenChange ?? WireMap.Empty<long, bool>())
        {
            Change(builder, id, peer => peer with { LastSeen = seen ? time.GetUtcNow() : null });
        }

        foreach (var (id, online) in message.OnlineChange ?? WireMap.Empty<long, bool>())
        {
            Change(builder, id, peer => peer with { Online = online });
        }

        foreach (var patch in patches)
        {
            Change(builder, patch.NodeId, peer => pool is null ? Patch(peer, patch) : pool.Outcome(peer, patch, Patch));
        }

        return builder.ToImmutable();
    }

    private static void Change(ImmutableSortedDictionary<long, MapNode>.Builder peers, long id, Func<MapNode, MapNode> change)
    {
        if (peers.TryGetValue(id, out var peer))
        {
            peers[id] = change(peer);
        }
    }

    private static MapNode Patch(MapNode peer, PeerChange patch) => peer with
    {
        HomeDerp = patch.DerpRegion != 0 ? patch.DerpRegion : peer.HomeDerp,
        Cap = patch.Cap != 0 ? patch.Cap : peer.Cap,
        CapMap = patch.CapMap ?? peer.CapMap,
        Endpoints = patch.Endpoints ?? peer.Endpoints,
        Key = patch.Key.IsZero ? peer.Key : patch.Key,
        KeySignature = patch.KeySignature.IsEmpty ? peer.KeySignature : patch.KeySignature,
        DiscoKey = patch.DiscoKey.IsZero ? peer.DiscoKey : patch.DiscoKey,
        Online = patch.Online ?? peer.Online,
        LastSeen = patch.LastSeen ?? peer.LastSeen,
        KeyExpiry = patch.KeyExpiry is not { } expiry ? peer.KeyExpiry : expiry == WireTime.Zero ? null : expiry,
    };

    private static (bool IsPatch, PeerChange? Patch) Describe(MapNode known, MapNode sent) =>
        (PeerDifference.TryDescribe(known, sent, out var patch), patch);

    private static bool IsNotNewer(DateTimeOffset? lastSeen, MapNode known) =>
        lastSeen is { } seen && known.LastSeen is { } before && seen <= before;

    private (List<MapNode> Changed, List<PeerChange> Patches) TurnIntoPatches(
        ImmutableSortedDictionary<long, MapNode> peers, MapResponse message)
    {
        var changed = new List<MapNode>();
        var patches = new List<PeerChange>(message.PeersChangedPatch ?? []);
        foreach (var peer in message.PeersChanged ?? [])
        {
            if (!peers.TryGetValue(peer.Id, out var known))
            {
                changed.Add(peer);
                continue;
            }

            var (isPatch, patch) = pool is null ? Describe(known, peer) : pool.Outcome(known, peer, Describe);
            if (!isPatch)
            {
                changed.Add(peer);
            }
            else if (patch is not null)
            {
                patches.Add(patch);
            }
        }

        patches.RemoveAll(patch => IsStale(peers, patch));
        return (changed, patches);
    }

    private bool IsStale(ImmutableSortedDictionary<long, MapNode> peers, PeerChange patch) =>
        _dropsStaleDisco
        && !patch.DiscoKey.IsZero
        && patch.Online == false
        && peers.TryGetValue(patch.NodeId, out var known)
        && IsNotNewer(patch.LastSeen, known);

    private MapNode KeepFreshDisco(ImmutableSortedDictionary<long, MapNode> peers, MapNode peer) =>
        _dropsStaleDisco
        && peer.Online == false
        && peers.TryGetValue(peer.Id, out var known)
        && known.DiscoKey != peer.DiscoKey
        && IsNotNewer(peer.LastSeen, known)
            ? peer with { DiscoKey = known.DiscoKey }
            : peer;
}
