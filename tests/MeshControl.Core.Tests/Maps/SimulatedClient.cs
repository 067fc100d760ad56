using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>
/// What a stock client makes of a map stream: the order in which the parts of a message are applied, and what it ignores.
/// Above all, a known peer that is sent whole is compared and, where possible, becomes a patch, which leaves out some changes.
/// </summary>
internal sealed class SimulatedClient
{
    private readonly SortedDictionary<long, MapNode> _peers = [];
    private readonly Dictionary<long, UserProfile> _profiles = [];
    private readonly HashSet<long> _lastSeenUnknown = [];
    private readonly SortedDictionary<string, WireList<FilterRule>> _filters = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<long, MapNode> Peers => _peers;

    public IReadOnlyDictionary<long, UserProfile> Profiles => _profiles;

    public MapNode? Self { get; private set; }

    public DnsConfig? Dns { get; private set; }

    public DerpMap? DerpMap { get; private set; }

    /// <summary>The pieces of the packet filter, put together in the order of their names.</summary>
    public IEnumerable<FilterRule> Filter => _filters.Values.SelectMany(piece => piece);

    public SshPolicy? Ssh { get; private set; }

    /// <summary>Peers that went offline by a message that has no time in it.</summary>
    public IReadOnlySet<long> LastSeenUnknown => _lastSeenUnknown;

    public void Apply(MapResponse message)
    {
        Assert.True(Self is not null || message.Node is not null, "The first message has no node.");
        Self = message.Node ?? Self;
        Dns = message.DnsConfig ?? Dns;
        DerpMap = message.DerpMap ?? DerpMap;
        Ssh = message.SshPolicy ?? Ssh;
        ApplyFilters(message.PacketFilters ?? WireMap.Empty<string, WireList<FilterRule>?>());
        foreach (var profile in message.UserProfiles ?? [])
        {
            _profiles[profile.Id] = profile;
        }

        ApplyPeers(message);
        foreach (var shown in _peers.Values.Append(Self!))
        {
            Assert.True(_profiles.ContainsKey(shown.User), $"Node {shown.Id} belongs to user {shown.User}, of whom nothing was said.");
        }
    }

    /// <summary>The name <c>*</c> takes everything back, before the others are looked at.</summary>
    private void ApplyFilters(WireMap<string, WireList<FilterRule>?> pieces)
    {
        if (pieces.ContainsKey("*"))
        {
            _filters.Clear();
        }

        foreach (var (name, rules) in pieces)
        {
            if (rules is null)
            {
                _filters.Remove(name);
            }
            else
            {
                _filters[name] = rules;
            }
        }
    }

    private void ApplyPeers(MapResponse message)
    {
        var patches = new List<PeerChange>(message.PeersChangedPatch ?? []);
        var upserts = new List<MapNode>();
        foreach (var node in message.PeersChanged ?? [])
        {
            if (!_peers.TryGetValue(node.Id, out var known) || !OnlyPatchable(known, node))
            {
                upserts.Add(node);
            }
            else if (Difference(known, node) is { } patch)
            {
                patches.Add(patch);
            }
        }

        patches.RemoveAll(IsStale);
        if (message.Peers is { Count: > 0 } all)
        {
            _peers.Clear();
            foreach (var node in all)
            {
                _peers[node.Id] = node;
            }

            return;
        }

        foreach (var id in message.PeersRemoved ?? [])
        {
            _peers.Remove(id);
        }

        foreach (var node in upserts)
        {
            _peers[node.Id] = node;
            _lastSeenUnknown.Remove(node.Id);
        }

        Assert.Null(message.PeerSeenChange);
        foreach (var (id, online) in message.OnlineChange ?? WireMap.Empty<long, bool>())
        {
            if (_peers.TryGetValue(id, out var known))
            {
                _peers[id] = known with { Online = online };
                _lastSeenUnknown.Add(id);
            }
        }

        foreach (var patch in patches.Where(patch => _peers.ContainsKey(patch.NodeId)))
        {
            _peers[patch.NodeId] = Patched(_peers[patch.NodeId], patch);
            if (patch.LastSeen is not null)
            {
                _lastSeenUnknown.Remove(patch.NodeId);
            }
        }
    }

    /// <summary>A new disco key together with the news that the peer has been offline for longer than is known already.</summary>
    private bool IsStale(PeerChange patch) =>
        !patch.DiscoKey.IsZero && patch.Online == false && patch.LastSeen is { } seen
        && _peers.TryGetValue(patch.NodeId, out var known) && known.LastSeen >= seen;

    /// <summary>Whether the two differ in nothing but what a patch can say.</summary>
    private static bool OnlyPatchable(MapNode known, MapNode node) => known == node with
    {
        Key = known.Key,
        KeyExpiry = known.KeyExpiry,
        DiscoKey = known.DiscoKey,
        HomeDerp = known.HomeDerp,
        Cap = known.Cap,
        CapMap = known.CapMap,
        Endpoints = known.Endpoints,
        Online = known.Online,
        LastSeen = known.LastSeen,
    };

    private static PeerChange? Difference(MapNode known, MapNode node)
    {
        var patch = new PeerChange { NodeId = node.Id };
        var found = patch with
        {
            Key = node.Key != known.Key ? node.Key : default,
            KeyExpiry = node.KeyExpiry != known.KeyExpiry ? node.KeyExpiry ?? WireTime.Zero : null,
            DiscoKey = node.DiscoKey != known.DiscoKey ? node.DiscoKey : default,
            DerpRegion = node.HomeDerp != known.HomeDerp ? node.HomeDerp : 0,
            Cap = node.Cap != known.Cap ? node.Cap : 0,
            CapMap = !Equals(node.CapMap, known.CapMap) ? node.CapMap ?? WireMap.Empty<string, WireList<RawJson>?>() : null,
            Endpoints = node.Endpoints is { Count: > 0 } endpoints && !endpoints.Equals(known.Endpoints) ? endpoints : null,
            Online = known.Online is not null && node.Online != known.Online ? node.Online : null,
            LastSeen = known.LastSeen is not null && node.LastSeen is { } seen && seen != known.LastSeen ? seen : null,
        };
        return found == patch ? null : found;
    }

    private static MapNode Patched(MapNode known, PeerChange patch) => known with
    {
        Key = patch.Key.IsZero ? known.Key : patch.Key,
        KeyExpiry = patch.KeyExpiry is { } expiry ? (expiry == WireTime.Zero ? null : expiry) : known.KeyExpiry,
        DiscoKey = patch.DiscoKey.IsZero ? known.DiscoKey : patch.DiscoKey,
        HomeDerp = patch.DerpRegion == 0 ? known.HomeDerp : patch.DerpRegion,
        Cap = patch.Cap == 0 ? known.Cap : patch.Cap,
        CapMap = patch.CapMap is { } attributes ? (attributes.Count == 0 ? null : attributes) : known.CapMap,
        Endpoints = patch.Endpoints ?? known.Endpoints,
        Online = patch.Online ?? known.Online,
        LastSeen = patch.LastSeen ?? known.LastSeen,
    };
}
