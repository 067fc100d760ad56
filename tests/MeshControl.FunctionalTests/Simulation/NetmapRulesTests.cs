using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Simulation;

/// <summary>The simulated client's rules are what all other tests measure the server by, so they have tests of their own.</summary>
public sealed class NetmapRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WireMap<string, WireList<RawJson>?> SomeCaps =
        WireMap.CopyOf([KeyValuePair.Create<string, WireList<RawJson>?>("funnel", null)]);

    private readonly ManualTimeProvider _time = new(Noon);

    public static TheoryData<string, PeerChange, Func<MapNode, MapNode>> Patches => new()
    {
        { "nothing", new PeerChange(), peer => peer },
        { "home", new PeerChange { DerpRegion = 9 }, peer => peer with { HomeDerp = 9 } },
        { "cap", new PeerChange { Cap = 142 }, peer => peer with { Cap = 142 } },
        { "cap map", new PeerChange { CapMap = SomeCaps }, peer => peer with { CapMap = SomeCaps } },
        {
            "cap map cleared", new PeerChange { CapMap = WireMap.Empty<string, WireList<RawJson>?>() },
            peer => peer with { CapMap = WireMap.Empty<string, WireList<RawJson>?>() }
        },
        { "endpoints", new PeerChange { Endpoints = [Endpoint(7)] }, peer => peer with { Endpoints = [Endpoint(7)] } },
        { "endpoints cleared", new PeerChange { Endpoints = [] }, peer => peer with { Endpoints = [] } },
        { "key", new PeerChange { Key = NodeKey(9) }, peer => peer with { Key = NodeKey(9) } },
        { "signature", new PeerChange { KeySignature = Bytes(1) }, peer => peer with { KeySignature = Bytes(1) } },
        { "disco", new PeerChange { DiscoKey = Disco(9) }, peer => peer with { DiscoKey = Disco(9) } },
        { "offline", new PeerChange { Online = false }, peer => peer with { Online = false } },
        { "seen", new PeerChange { LastSeen = Noon }, peer => peer with { LastSeen = Noon } },
        { "expiry", new PeerChange { KeyExpiry = Noon }, peer => peer with { KeyExpiry = Noon } },
        { "no expiry", new PeerChange { KeyExpiry = WireTime.Zero }, peer => peer with { KeyExpiry = null } },
    };

    public static TheoryData<string, Func<MapNode, MapNode>, Func<MapNode, MapNode>> Resent => new()
    {
        { "same", peer => peer, peer => peer },
        { "offline", peer => peer with { Online = false }, peer => peer with { Online = false } },
        { "presence no longer told", peer => peer with { Online = null }, peer => peer },
        { "seen for the first time", peer => peer with { LastSeen = Noon }, peer => peer },
        { "endpoints", peer => peer with { Endpoints = [Endpoint(7)] }, peer => peer with { Endpoints = [Endpoint(7)] } },
        { "no endpoints", peer => peer with { Endpoints = null }, peer => peer },
        { "home", peer => peer with { HomeDerp = 9 }, peer => peer with { HomeDerp = 9 } },
        { "no home", peer => peer with { HomeDerp = 0 }, peer => peer },
        { "no version", peer => peer with { Cap = 0 }, peer => peer },
        { "no signature", peer => peer with { KeySignature = default }, peer => peer },
        { "key", peer => peer with { Key = NodeKey(9) }, peer => peer with { Key = NodeKey(9) } },
        { "no expiry", peer => peer with { KeyExpiry = null }, peer => peer with { KeyExpiry = null } },
        { "cap map", peer => peer with { CapMap = SomeCaps }, peer => peer with { CapMap = SomeCaps } },
        // What makes a client take the peer as a whole takes along what alone would have been ignored.
        {
            "name and presence", peer => peer with { Name = "other.net.example.", Online = null },
            peer => peer with { Name = "other.net.example.", Online = null }
        },
        {
            "tags and endpoints", peer => peer with { Tags = ["tag:web"], Endpoints = null },
            peer => peer with { Tags = ["tag:web"], Endpoints = null }
        },
        { "unreachable", peer => peer with { AllowedIps = [] }, peer => peer with { AllowedIps = [] } },
    };

    [Theory]
    [MemberData(nameof(Patches))]
    public void Apply_Patch_ChangesWhatItSays(string name, PeerChange patch, Func<MapNode, MapNode> expected)
    {
        var map = Apply(Start(Peer(2)), new MapResponse { PeersChangedPatch = [patch with { NodeId = 2 }] });

        Assert.True(expected(Peer(2)) == map.Peers[2], name);
    }

    [Theory]
    [MemberData(nameof(Resent))]
    public void Apply_PeerSentAgain_ChangesWhatClientsSee(
        string name, Func<MapNode, MapNode> change, Func<MapNode, MapNode> expected)
    {
        var map = Apply(Start(Peer(2)), new MapResponse { PeersChanged = [change(Peer(2))] });

        Assert.True(expected(Peer(2)) == map.Peers[2], $"{name}: {map}");
    }

    [Fact]
    public void Apply_PresenceOfUnknownPeerSentAgain_IsIgnored()
    {
        var unknown = Peer(2) with { Online = null };

        var map = Apply(Start(unknown), new MapResponse { PeersChanged = [unknown with { Online = true }] });

        Assert.Null(map.Peers[2].Online);
    }

    [Fact]
    public void Apply_FirstMessageWithoutNode_Fails() =>
        Assert.Throws<InvalidDataException>(() => Rules().Apply(null, new MapResponse { Peers = [Peer(2)] }));

    [Fact]
    public void Apply_KeepAliveWithDelta_LosesTheDelta()
    {
        var map = Apply(Start(Peer(2)), new MapResponse { KeepAlive = true, PeersRemoved = [2], ControlTime = Noon });

        Assert.True(map.HasExactly("host2"));
        Assert.Equal(Noon, map.ControlTime);
        Assert.Equal(1, map.Messages);
    }

    [Fact]
    public void Apply_KeepAliveBeforeFirstMessage_LeavesNoNetmap() =>
        Assert.Null(Rules().Apply(null, new MapResponse { KeepAlive = true }));

    [Fact]
    public void Apply_EmptyPeers_ChangesNothing() =>
        Assert.True(Apply(Start(Peer(2)), new MapResponse { Peers = [] }).HasExactly("host2"));

    [Fact]
    public void Apply_FullPeers_ReplaceAllAndHideOtherFields()
    {
        var map = Apply(
            Start(Peer(2), Peer(3)),
            new MapResponse { Peers = [Peer(4), Peer(3)], PeersRemoved = [3], PeersChanged = [Peer(5)] });

        Assert.True(map.HasExactly("host3", "host4"));
        Assert.Equal([3, 4], map.Peers.Keys);
    }

    [Fact]
    public void Apply_PeerRemovedAndReplaced_IsPresent()
    {
        var map = Apply(
            Start(Peer(2)), new MapResponse { PeersRemoved = [2, 77], PeersChanged = [Peer(2) with { Name = "new.net.example." }] });

        Assert.True(map.HasExactly("new"));
    }

    [Fact]
    public void Apply_PatchOfPeerAddedInSameMessage_Holds()
    {
        var map = Apply(
            Start(),
            new MapResponse { PeersChanged = [Peer(2)], PeersChangedPatch = [new PeerChange { NodeId = 2, DerpRegion = 7 }] });

        Assert.Equal(7, map.Peers[2].HomeDerp);
    }

    [Fact]
    public void Apply_ChangesOfUnknownPeers_AreIgnored()
    {
        var map = Apply(Start(Peer(2)), new MapResponse
        {
            PeersChangedPatch = [new PeerChange { NodeId = 3, DerpRegion = 7 }],
            OnlineChange = Map(3L, true),
            PeerSeenChange = Map(3L, true),
        });

        Assert.True(map.HasExactly("host2"));
    }

    [Fact]
    public void Apply_OnlineAndSeenChange_SetBoth()
    {
        var map = Apply(
            Start(Peer(2) with { Online = null }), new MapResponse { OnlineChange = Map(2L, false), PeerSeenChange = Map(2L, true) });
        var forgotten = Apply(map, new MapResponse { PeerSeenChange = Map(2L, false) });

        Assert.False(map.Peers[2].Online);
        Assert.Equal(Noon, map.Peers[2].LastSeen);
        Assert.Null(forgotten.Peers[2].LastSeen);
    }

    [Theory]
    [InlineData(130, true)]
    [InlineData(138, false)]
    [InlineData(142, false)]
    [InlineData(145, true)]
    public void Apply_OldNewsOfPathDiscovery_DependsOnRelease(int version, bool believed)
    {
        var known = Peer(2) with { LastSeen = Noon };
        var patch = new PeerChange { NodeId = 2, DiscoKey = Disco(9), Online = false, LastSeen = Noon };
        var rules = new NetmapRules(version, _time);
        var start = rules.Apply(null, new MapResponse { Node = Node(1), Peers = [known] });

        var map = rules.Apply(start, new MapResponse { PeersChangedPatch = [patch] })!;
        var full = rules.Apply(
            start, new MapResponse { Peers = [known with { DiscoKey = Disco(9), Online = false }] })!;

        Assert.Equal(believed ? Disco(9) : Disco(2), map.Peers[2].DiscoKey);
        Assert.Equal(believed ? Disco(9) : Disco(2), full.Peers[2].DiscoKey);
    }

    [Fact]
    public void Apply_Profiles_AddAndOverwrite()
    {
        var start = Apply(Start(), new MapResponse { UserProfiles = [Profile(1, "a"), Profile(2, "b")] });

        var map = Apply(start, new MapResponse { UserProfiles = [Profile(2, "c")] });

        Assert.Equal("a", map.Users[1].LoginName);
        Assert.Equal("c", map.Users[2].LoginName);
    }

    [Fact]
    public void Apply_Filters_FollowNames()
    {
        WireList<FilterRule> one = [new FilterRule { SrcIps = ["*"] }];
        var start = Apply(Start(), new MapResponse { PacketFilter = one, PacketFilters = Filters(("more", one)) });
        var without = Apply(start, new MapResponse { PacketFilters = Filters(("more", null)) });
        var blocked = Apply(start, new MapResponse { PacketFilter = [] });
        var cleared = Apply(start, new MapResponse { PacketFilters = Filters(("new", one), ("*", null)) });
        var same = Apply(start, new MapResponse());

        Assert.Equal(["base", "more"], start.Filters.Keys);
        Assert.Equal(["base"], without.Filters.Keys);
        Assert.Empty(blocked.Filters["base"]);
        Assert.Equal(["new"], cleared.Filters.Keys);
        Assert.Equal(["base", "more"], same.Filters.Keys);
    }

    [Fact]
    public void Apply_DerpMapWithoutRegions_KeepsThem()
    {
        var regions = Map<int, DerpRegion?>(900, new DerpRegion { RegionId = 900 });
        var scores = new DerpHomeParams { RegionScore = Map(900, 0.5) };
        var start = Apply(Start(), new MapResponse { DerpMap = new DerpMap { Regions = regions, HomeParams = scores } });

        var sameScores = Apply(start, new MapResponse { DerpMap = new DerpMap { HomeParams = new DerpHomeParams() } });
        var reset = new DerpHomeParams { RegionScore = WireMap.Empty<int, double>() };
        var noScores = Apply(start, new MapResponse { DerpMap = new DerpMap { HomeParams = reset } });

        Assert.Equal(regions, sameScores.Derp!.Regions);
        Assert.Equal(scores, sameScores.Derp.HomeParams);
        Assert.Equal(regions, noScores.Derp!.Regions);
        Assert.Empty(noScores.Derp.HomeParams!.RegionScore!);
    }

    [Fact]
    public void Apply_DisplayMessages_AddDeleteAndClear()
    {
        var message = new DisplayMessage { Title = "t" };
        var start = Apply(Start(), new MapResponse { DisplayMessages = Messages(("a", message), ("b", message)) });

        Assert.Equal(["b"], Apply(start, new MapResponse { DisplayMessages = Messages(("a", null)) }).DisplayMessages.Keys);
        Assert.Equal(["c"], Apply(start, new MapResponse { DisplayMessages = Messages(("c", message), ("*", null)) }).DisplayMessages.Keys);
    }

    [Fact]
    public void Apply_WholeValues_ReplaceOnlyWhenPresent()
    {
        var dns = new DnsConfig { Proxied = true };
        var start = Apply(Start(), new MapResponse { DnsConfig = dns, Domain = "net.example", SshPolicy = new SshPolicy() });

        var same = Apply(start, new MapResponse());
        var other = Apply(start, new MapResponse { DnsConfig = new DnsConfig(), Node = Node(1) with { Name = "x.net.example." } });

        Assert.Equal(start with { Messages = 3 }, same);
        Assert.False(other.Dns!.Proxied);
        Assert.Equal("x", Netmap.FirstLabel(other.Self));
        Assert.Equal("net.example", other.Domain);
    }

    private static MapNode Node(long id) => new()
    {
        Id = id,
        StableId = $"n{id}",
        Name = $"host{id}.net.example.",
        User = 1,
        Key = NodeKey((byte)id),
        Machine = new MachinePublicKey(Key((byte)id)),
        DiscoKey = Disco((byte)id),
        Addresses = [IpPrefix.Parse($"100.64.0.{id}/32")],
        AllowedIps = [IpPrefix.Parse($"100.64.0.{id}/32")],
        MachineAuthorized = true,
    };

    private static MapNode Peer(long id) => Node(id) with
    {
        Online = true,
        HomeDerp = 1,
        Cap = 130,
        Endpoints = [Endpoint(1)],
        KeyExpiry = Noon.AddDays(90),
        KeySignature = Bytes(9),
    };

    private static UserProfile Profile(long id, string name) => new() { Id = id, LoginName = name };

    private static KeyBytes Key(byte value)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        bytes.Fill(value);
        return new KeyBytes(bytes);
    }

    private static NodePublicKey NodeKey(byte value) => new(Key(value));

    private static DiscoPublicKey Disco(byte value) => new(Key(value));

    private static ByteString Bytes(byte value) => new([value]);

    private static IPEndPoint Endpoint(byte host) => new(new IPAddress([192, 0, 2, host]), 41641);

    private static WireMap<TKey, TValue> Map<TKey, TValue>(TKey key, TValue value)
        where TKey : notnull => WireMap.CopyOf([KeyValuePair.Create(key, value)]);

    private static WireMap<string, WireList<FilterRule>?> Filters(params (string Name, WireList<FilterRule>? Rules)[] entries) =>
        WireMap.CopyOf(entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Rules)));

    private static WireMap<string, DisplayMessage?> Messages(params (string Id, DisplayMessage? Message)[] entries) =>
        WireMap.CopyOf(entries.Select(entry => KeyValuePair.Create(entry.Id, entry.Message)));

    private NetmapRules Rules() => new(CapabilityVersions.Latest, _time);

    private Netmap Start(params ReadOnlySpan<MapNode> peers) =>
        Rules().Apply(null, new MapResponse { Node = Node(1), Peers = WireList.Create(peers) })!;

    private Netmap Apply(Netmap map, MapResponse message) => Rules().Apply(map, message)!;
}
