using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>Ephemeral nodes, with a whole server whose clock the test moves.</summary>
public sealed class EphemeralTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    // The grace period, the sweeps, and what a busy machine adds to them while the clock goes by whole seconds.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_connects_and_sees_peers")]
    public async Task Join_Ephemeral_SeesAndIsSeen(bool byKey)
    {
        await using var server = await StartAsync(new ManualTimeProvider());
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));

        var two = await server.JoinAsync(
            "two", await server.CreateKeyAsync(alice, ephemeral: byKey), options => options with { Ephemeral = !byKey });

        await one.WaitForAsync(map => map.HasExactly("two"));
        await two.WaitForAsync(map => map.HasExactly("one"));
        Assert.True(server.Entry(two).Node.Ephemeral);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_cleanup_after_disconnect")]
    [Trait("Acceptance", "TestIssuesGracePeriod")]
    public async Task Leave_ForLongerThanTheTimeout_PeersSeeItOfflineThenGone()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var two = await server.JoinAsync("two", await server.CreateKeyAsync(alice, ephemeral: true));
        await one.WaitForAsync(map => map.Peers.Values.SingleOrDefault()?.Online == true);
        time.Advance(Timeout);

        await two.StopAsync();
        var offline = await time.AdvanceUntilAsync(one, map => map.FindPeer("two")?.Online == false, Slack);
        var gone = await time.AdvanceUntilAsync(one, map => map.HasExactly(), Timeout + Slack);

        Assert.True(offline > TimeSpan.FromSeconds(7), $"It was shown as offline after {offline}.");
        Assert.True(offline + gone >= Timeout, $"It was removed after {offline + gone}.");
        Assert.Equal("one", Assert.Single(server.Tailnet.Snapshot.Nodes).Node.GivenName);
        await NetmapOracle.AssertConvergedAsync(one);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_and_regular_mixed")]
    public async Task Leave_AmongOthers_OnlyTheEphemeralOneGoes()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var alice = await server.CreateUserAsync("alice");
        var key = await server.CreateKeyAsync(alice);
        var viewer = await server.JoinAsync("viewer", key);
        var plain = await server.JoinAsync("plain", key);
        var shortly = await server.JoinAsync("shortly", await server.CreateKeyAsync(alice, ephemeral: true));
        await Task.WhenAll(
            viewer.WaitForAsync(map => map.HasExactly("plain", "shortly")),
            plain.WaitForAsync(map => map.HasExactly("shortly", "viewer")),
            shortly.WaitForAsync(map => map.HasExactly("plain", "viewer")));
        time.Advance(Timeout);

        await Task.WhenAll(plain.StopAsync(), shortly.StopAsync());
        await time.AdvanceUntilAsync(viewer, map => map.HasExactly("plain"), Timeout + Slack);

        Assert.Equal(false, viewer.Netmap.Peer("plain").Online);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_reconnect_prevents_cleanup")]
    [Trait("Acceptance", "TestEphemeral2006DeletedTooQuickly")]
    public async Task Leave_AndComeBackInTime_IsKept()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var two = await server.JoinAsync("two", await server.CreateKeyAsync(alice, ephemeral: true));
        await one.WaitForAsync(map => map.Peers.Values.SingleOrDefault()?.Online == true);
        var id = server.Entry(two).Id;
        time.Advance(Timeout);

        await two.StopAsync();
        await time.AdvanceUntilAsync(one, map => map.FindPeer("two")?.Online == false, Slack);
        time.Advance(Timeout / 2);
        await two.RestartAsync(Token);
        await one.WaitForAsync(map => map.FindPeer("two")?.Online == true);
        for (var round = 0; round < 3; round++)
        {
            time.Advance(Timeout);
            await one.UpdateAsync(profile => profile, Token);
        }

        Assert.Equal(id, server.Entry(two).Id);
        await NetmapOracle.AssertConvergedAsync(one, two);
        await two.StopAsync();
        await time.AdvanceUntilAsync(one, map => map.HasExactly(), Timeout + Slack);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeral")]
    public async Task Logout_AllEphemeralNodes_AreGoneAtOnce()
    {
        await using var server = await StartAsync(new ManualTimeProvider());
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var key = await server.CreateKeyAsync(alice, ephemeral: true);
        var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => server.JoinAsync($"job{i}", key)));
        await one.WaitForAsync(map => map.Peers.Count == nodes.Length);

        await Task.WhenAll(nodes.Select(node => node.LogoutAsync(Token)));

        await one.WaitForAsync(map => map.HasExactly());
        Assert.Single(server.Tailnet.Snapshot.Nodes);
    }

    [Fact]
    public async Task Return_AfterItWasRemoved_IsRefusedUntilItLogsInAndThenANewNode()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var key = await server.CreateKeyAsync(alice, ephemeral: true);
        var two = await server.JoinAsync("two", key);
        await one.WaitForAsync(map => map.HasExactly("two"));
        var id = server.Entry(two).Id;
        time.Advance(Timeout);
        await two.StopAsync();
        await time.AdvanceUntilAsync(one, map => map.HasExactly(), Timeout + Slack);

        var poll = await Assert.ThrowsAsync<ControlException>(
            () => two.Client.PostMapAsync(two.CreateMapRequest(stream: true, omitPeers: false), Token));
        Assert.NotNull(poll.Status);
        Assert.Single(server.Tailnet.Snapshot.Nodes);

        await two.RotateKeyAsync(key, Token);
        await one.WaitForAsync(map => map.HasExactly("two"));
        Assert.NotEqual(id, server.Entry(two).Id);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Restart_OfTheServer_ConnectedOnesStayAndThoseAwayGoOnce()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var key = await server.CreateKeyAsync(alice, ephemeral: true);
        var stays = await server.JoinAsync("stays", key);
        var away = await server.JoinAsync("away", key);
        await one.WaitForAsync(map => map.HasExactly("away", "stays"));
        await away.StopAsync();

        await server.StopAsync();
        time.Advance(TimeSpan.FromHours(1));
        await server.StartAgainAsync();
        await one.WaitForAsync(map => map.Stream > 1 && map.FindPeer("stays")?.Online == true);
        Assert.Equal(3, server.Tailnet.Snapshot.Nodes.Count);
        await time.AdvanceUntilAsync(one, map => map.HasExactly("stays"), Timeout + Slack);

        await server.StopAsync();
        await server.StartAgainAsync();
        await one.WaitForAsync(map => map.Stream > 2 && map.HasExactly("stays"));
        await NetmapOracle.AssertConvergedAsync(one, stays);
    }

    private static Task<TestServer> StartAsync(ManualTimeProvider time) => TestServer.StartAsync(
        time, options => options with { Node = new NodeOptions { EphemeralInactivityTimeout = Timeout } });
}
