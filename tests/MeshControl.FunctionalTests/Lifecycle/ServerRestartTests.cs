using MeshControl.Core.Maps;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Lifecycle;

public sealed class ServerRestartTests
{
    private const int NodeCount = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_ConnectedNodes_ComeBackAndSeeTheSame()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(i => server.JoinAsync($"host{i}", key)));
        await NetmapOracle.AssertConvergedAsync(nodes);
        var before = nodes.Select(IdentityOf).ToList();

        await server.StopAsync();
        await server.StartAgainAsync();

        await Task.WhenAll(nodes.Select(
            node => node.WaitForAsync(map => map.Stream > 1 && map.Peers.Values.All(peer => peer.Online == true))));
        await NetmapOracle.AssertConvergedAsync(nodes);
        Assert.Equal(before, nodes.Select(IdentityOf));
        Assert.All(nodes, node => Assert.Equal(NodeCount - 1, node.Netmap.Peers.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesNodeStoreConsistency/nodestore_db_consistency_after_operations")]
    public async Task Restart_WhatWasKnownOfANode_IsKnownAgain()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.FindPeer("one")?.Endpoints is { Count: 1 });
        await one.StopAsync();

        await server.StopAsync();
        await server.StartAgainAsync();
        var map = await two.WaitForAsync(map => map.Stream > 1);

        // A node that is away has to be reachable as soon as it is back, and a client says its home only when it changes.
        var peer = map.Peer("one");
        Assert.Equal(TestServer.DerpRegion, peer.HomeDerp);
        Assert.Equal(one.Identity.DiscoKey, peer.DiscoKey);
        Assert.Single(peer.Endpoints!);
        Assert.NotNull(peer.Online);
    }

    [Fact]
    public async Task Restart_ConnectedNodes_NobodyIsShownOfflineWhoComesBack()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        var three = await server.JoinAsync("three", key);
        await one.WaitForAsync(map => map.Peers.Count == 2 && map.Peers.Values.All(peer => peer.Online == true));
        var told = one.Traffic.Messages.Length;

        var seen = time.GetUtcNow();
        await server.StopAsync();
        await three.StopAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        await server.StartAgainAsync();
        await Task.WhenAll(new[] { one, two }.Select(node => node.WaitForAsync(map => map.Stream > 1)));
        var waited = await time.AdvanceUntilAsync(one, map => map.Peer("three").Online == false, MapSessions.StartGrace * 2);

        // The clock may be a step ahead of what was heard by then.
        Assert.True(waited >= MapSessions.StartGrace, $"It was shown offline after {waited}.");
        Assert.Equal(seen, one.Netmap.Peer("three").LastSeen!.Value, TimeSpan.FromSeconds(1));
        var back = two.Netmap.Self.Id;
        var heard = one.Traffic.Messages.Skip(told).Select(message => message.Message).ToArray();
        Assert.DoesNotContain(heard, message => message.SaysOffline(back) || message.Peers?.Any(peer => peer.Id == back && peer.Online != true) == true);
    }

    [Fact]
    public async Task Restart_AfterJoinWasAnswered_LosesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserAsync("alice");
        var key = await server.CreateKeyAsync(alice, reusable: false);
        var one = server.NewNode("one", key);
        await one.RegisterAsync(key, Token);
        var address = server.Entry(one).Node.IPv4;

        await server.StopAsync();
        await server.StartAgainAsync();

        Assert.Equal(address, server.Entry(one).Node.IPv4);
        Assert.NotNull(Assert.Single(server.Tailnet.Snapshot.PreAuthKeys.Values).UsedAt);
        Assert.Equal("alice", Assert.Single(server.Tailnet.Snapshot.Users.Values).Name);
    }

    [Fact]
    public async Task Stop_OpenStreams_EndProperly()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        await server.StopAsync();

        // No half frame, no timeout: the loop that follows finds nobody listening.
        Assert.NotNull(one.Netmap);
        Assert.DoesNotContain("InvalidData", one.LastStreamFault ?? "", StringComparison.Ordinal);
    }

    private static (long Id, string? Name, WireList<IpPrefix>? Addresses, long User, NodePublicKey Key) IdentityOf(SimulatedNode node)
    {
        var self = node.Netmap.Self;
        return (self.Id, self.Name, self.Addresses, self.User, self.Key);
    }
}
