using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Races;

/// <summary>Nodes that lose their streams and come back, at every pace, alone and together.</summary>
public sealed class ReturnTests
{
    // Longer than the grace after which a node is shown offline.
    private const int PastGrace = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestPollRace/server_state_online_after_reconnect_within_grace")]
    [Trait("Acceptance", "TestPollRace/server_state_online_2s_after_reconnect")]
    [Trait("Acceptance", "TestPollRace/server_state_online_12s_after_reconnect")]
    [Trait("Acceptance", "TestPollRace/peer_sees_online_after_rapid_reconnect")]
    [Trait("Acceptance", "TestPollRace/batcher_knows_reconnected_during_grace")]
    [Trait("Acceptance", "TestPollRace/update_history_no_false_offline")]
    [Trait("Acceptance", "TestNetworkWeather/reconnect_within_grace_period")]
    [Trait("Acceptance", "TestNetworkWeather/multiple_reconnect_delays")]
    public async Task Return_AfterAnyPauseWithinTheGrace_WasNeverAway()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var (one, two) = await JoinTwoAsync(server);
        foreach (var pause in (int[])[0, 100, 500, 1000, 7000])
        {
            var streams = one.Traffic.Streams;
            await one.StopAsync();
            await Clocks.UntilAsync(() => server.Tailnet.Sessions.Count == 1);
            time.Advance(TimeSpan.FromMilliseconds(pause));
            one.StartPolling();
            await one.WaitForAsync(map => map.Stream > streams);

            for (var second = 0; second <= PastGrace; second++)
            {
                Assert.True(server.Entry(one).Presence.Online);
                await PassAsync(time, two);
            }
        }

        await AssertNeverAwayAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestRacePollSessionReplacement/immediate_session_replace_10x")]
    [Trait("Acceptance", "TestStressConnectDisconnect/rapid_reconnect_peer_never_sees_offline")]
    [Trait("Acceptance", "TestStressChurn/repeated_connect_disconnect_same_node")]
    [Trait("Acceptance", "TestNetworkWeather/rapid_reconnect_stays_online")]
    [Trait("Acceptance", "TestNetworkWeather/flapping_does_not_leak_goroutines")]
    public async Task Return_TwentyTimesAtOnce_WasNeverAwayAndLeavesNothingBehind()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(
            time, options => options with { MetricsListenAddr = new ListenAddress(IPAddress.Loopback, 0) });
        var (one, two) = await JoinTwoAsync(server);
        var timers = time.PendingTimers;
        var open = await GetOpenAsync(server);
        for (var round = 1; round <= 20; round++)
        {
            var streams = one.Traffic.Streams;
            await one.StopAsync();
            time.Advance(TimeSpan.FromSeconds(1));
            one.StartPolling();

            // Every other time it leaves again while the stream is being opened.
            if (round % 2 == 0)
            {
                await one.WaitForAsync(map => map.Stream > streams);
            }
        }

        for (var second = 0; second < PastGrace; second++)
        {
            await PassAsync(time, two);
        }

        await AssertNeverAwayAsync(one, two);

        // It may learn of the last one that left a moment later.
        await Clocks.UntilAsync(async () => await GetOpenAsync(server) == open);
        await Clocks.UntilAsync(() => time.PendingTimers <= timers);
    }

    [Fact]
    [Trait("Acceptance", "TestPollRace/peer_count_stable_after_many_reconnects")]
    [Trait("Acceptance", "TestRacePollSessionReplacement/two_nodes_reconnect_simultaneously")]
    [Trait("Acceptance", "TestStressChurn/mass_reconnect")]
    [Trait("Acceptance", "TestNetworkWeather/state_consistent_through_reconnection")]
    [Trait("Acceptance", "TestConnectionLifecycle/reconnect_restores_mesh")]
    public async Task Return_SeveralAtTheSameMoment_MeshIsWholeAgain()
    {
        const int Count = 6;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => server.JoinAsync($"host{i}", key)));
        foreach (var leaving in (int[])[1, 2, 2, 2, 2, 2, Count])
        {
            var away = nodes[..leaving];
            var streams = away.Select(node => node.Traffic.Streams).ToArray();
            await Task.WhenAll(away.Select(node => node.StopAsync()));
            Array.ForEach(away, node => node.StartPolling());
            await Task.WhenAll(away.Select((node, i) => node.WaitForAsync(map => map.Stream > streams[i])));
        }

        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => map.Peers.Count == Count - 1 && map.Peers.Values.All(peer => peer.Online == true));
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    private static async Task<(SimulatedNode One, SimulatedNode Two)> JoinTwoAsync(TestServer server)
    {
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await one.WaitForAsync(map => map.FindPeer("two")?.Online == true);
        await two.WaitForAsync(map => map.FindPeer("one") is { Online: true, Endpoints: { Count: 1 } });
        return (one, two);
    }

    /// <summary>A second by the server's clock; a request makes its tasks run in between.</summary>
    private static async Task PassAsync(ManualTimeProvider time, SimulatedNode node)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        await node.FetchMapAsync(Token);
    }

    private static async Task AssertNeverAwayAsync(SimulatedNode one, SimulatedNode two)
    {
        // By the order of messages: what was told before would be there before this.
        await one.UpdateAsync(profile => profile.WithHome(901), Token);
        await two.WaitForAsync(map => map.Peer("one").HomeDerp == 901);
        Assert.DoesNotContain(two.Traffic.Messages, message => message.Message.SaysOffline(one.Netmap.Self.Id));
        Assert.True(one.Netmap.Peer("two").Online);
        Assert.True(two.Netmap.Peer("one").Online);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    /// <summary>How many streams, channels and connections of nodes the server has open.</summary>
    private static async Task<string> GetOpenAsync(TestServer server)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://{server.Server.MetricsAddress}/metrics"), Token);
        string[] series = ["meshcontrol_streams ", "meshcontrol_channels ", "meshcontrol_connections{state=\"proven\"} "];
        return string.Join('\n', page.Split('\n').Where(line => series.Any(name => line.StartsWith(name, StringComparison.Ordinal))));
    }
}
