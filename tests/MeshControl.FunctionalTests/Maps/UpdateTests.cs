using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>What clients tell beside their streams, and how it reaches the others.</summary>
public sealed class UpdateTests
{
    private static readonly IPEndPoint Other = new(IPAddress.Parse("198.51.100.7"), 41641);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestEndpointStorageInNodeStore")]
    [Trait("Acceptance", "TestContentVerification/endpoint_update_propagates")]
    public async Task Update_Endpoints_ArriveAsPatch()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);
        var seen = two.Traffic.MessagesReceived;

        await one.UpdateAsync(profile => profile.WithEndpoints(Other), Token);
        await two.WaitForAsync(map => map.Peer("one").Endpoints is [var endpoint] && endpoint.Equals(Other));

        AssertOnlyPatches(two, seen, patch => patch.Endpoints is not null);
    }

    [Fact]
    public async Task Update_Home_ArrivesAsPatch()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);
        var seen = two.Traffic.MessagesReceived;

        await one.UpdateAsync(profile => profile.WithHome(901), Token);
        await two.WaitForAsync(map => map.Peer("one").HomeDerp == 901);

        AssertOnlyPatches(two, seen, patch => patch.DerpRegion == 901);
    }

    [Fact]
    public async Task Update_NoEndpointsAnyMore_ClearsThem()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);

        await one.UpdateAsync(profile => profile.WithEndpoints(), Token);

        await two.WaitForAsync(map => map.Peer("one").Endpoints is null or { Count: 0 });
    }

    [Fact]
    public async Task Update_Hostname_ChangesTheName()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);

        await one.UpdateAsync(profile => profile.WithHostinfo(info => info with { Hostname = "Uno" }), Token);

        await two.WaitForAsync(map => map.HasExactly("uno"));
        await one.WaitForAsync(map => map.Self.Name == "uno.mesh.internal.");
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Update_NothingNew_TellsNobody()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);
        var seen = two.Traffic.MessagesReceived;

        await one.UpdateAsync(profile => profile, Token);

        // Messages arrive in order: whatever the first update caused would be seen before the second.
        await one.UpdateAsync(profile => profile.WithEndpoints(Other), Token);
        await two.WaitForAsync(map => map.Peer("one").Endpoints is [var endpoint] && endpoint.Equals(Other));
        Assert.Equal(seen + 1, two.Traffic.MessagesReceived);
    }

    [Fact]
    public async Task Update_Always_LeavesTheStreamAlone()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);

        // Each has an empty, finished body, or UpdateAsync would fail or hang.
        for (ushort port = 1; port <= 20; port++)
        {
            var endpoint = new IPEndPoint(Other.Address, port);
            await one.UpdateAsync(profile => profile.WithEndpoints(endpoint), Token);
        }

        await two.UpdateAsync(profile => profile.WithEndpoints(Other), Token);
        await one.WaitForAsync(map => map.Peer("two").Endpoints is [var endpoint] && endpoint.Equals(Other));
        Assert.Equal(1, one.Traffic.Streams);
        Assert.Equal(1, one.Traffic.Channels);
    }

    [Fact]
    public async Task Update_AbsentNetInfo_KeepsHome()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);

        await one.UpdateAsync(profile => profile.WithoutNetInfo().WithEndpoints(Other), Token);
        await one.UpdateAsync(
            profile => profile.WithHostinfo(info => info with { NetInfo = new NetInfo { WorkingUdp = false } }), Token);
        await one.UpdateAsync(profile => profile.WithEndpoints(Other, new IPEndPoint(Other.Address, 1)), Token);
        var map = await two.WaitForAsync(map => map.Peer("one").Endpoints is { Count: 2 });

        Assert.Equal(TestServer.DerpRegion, map.Peer("one").HomeDerp);
        Assert.Equal(TestServer.DerpRegion, (await one.FetchMapAsync(Token)).Self.HomeDerp);
    }

    [Fact]
    public async Task Stream_RequestWithoutOwnData_ErasesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);
        var before = await two.FetchMapAsync(Token);
        var bare = one.CreateMapRequest(stream: true, omitPeers: false) with
        {
            Hostinfo = null,
            Endpoints = null,
            EndpointTypes = null,
            DiscoKey = default,
        };

        await using var reader = await OpenAsync(one, bare);
        Assert.NotNull(await reader.ReadAsync(Token));
        var after = await two.FetchMapAsync(Token);

        Assert.Null(NetmapDifference.Find(after, before));
    }

    [Fact]
    public async Task Fetch_OneMap_IsOneWholeMapAndNoStream()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two) = await JoinTwoAsync(server);

        var map = await one.FetchMapAsync(Token);
        var readOnly = one.CreateMapRequest(stream: false, omitPeers: true) with
        {
            ReadOnly = true,
            Endpoints = [Other],
        };
        var answer = await one.Client.PostMapAsync(readOnly, Token);

        Assert.True(map.HasExactly("two"));
        Assert.NotEmpty(answer);
        Assert.DoesNotContain(Other, (await two.FetchMapAsync(Token)).Peer("one").Endpoints!);
        Assert.Equal(1, one.Traffic.Streams);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Fetch_WithoutCompression_IsPlainJson()
    {
        await using var server = await TestServer.StartAsync();
        var (one, _) = await JoinTwoAsync(server);

        var answer = await one.Client.PostMapAsync(
            one.CreateMapRequest(stream: false, omitPeers: false) with { Compress = null }, Token);
        await using var reader = new MapStreamReader(new MemoryStream(answer), 0, compressed: false, TimeProvider.System);
        var message = await reader.ReadAsync(Token);

        Assert.Equal(one.Identity.NodeKey, message!.Message.Node!.Key);
    }

    private static async Task<(SimulatedNode One, SimulatedNode Two)> JoinTwoAsync(TestServer server)
    {
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await one.WaitForAsync(map => map.FindPeer("two")?.Endpoints is { Count: 1 });
        await two.WaitForAsync(map => map.FindPeer("one")?.Endpoints is { Count: 1 });
        await NetmapOracle.AssertConvergedAsync(one, two);
        return (one, two);
    }

    private static async Task<MapStreamReader> OpenAsync(SimulatedNode node, MapRequest request)
    {
        var response = await node.Client.OpenMapAsync(request, Token);
        return new MapStreamReader(await response.Content.ReadAsStreamAsync(Token), 0, compressed: true, TimeProvider.System);
    }

    private static void AssertOnlyPatches(SimulatedNode node, int from, Func<PeerChange, bool> expected)
    {
        var messages = node.Traffic.Messages.Skip(from).Select(message => message.Message).ToList();
        Assert.NotEmpty(messages);
        Assert.All(messages, message =>
        {
            Assert.True(expected(Assert.Single(message.PeersChangedPatch!)), message.ToString());
            Assert.Null(message.PeersChanged);
            Assert.Null(message.Peers);
            Assert.Null(message.Node);
            Assert.Null(message.DnsConfig);
        });
    }
}
