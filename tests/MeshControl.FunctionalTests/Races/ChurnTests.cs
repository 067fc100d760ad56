using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Races;

/// <summary>Nodes that come while others leave: those who are here in the end see each other, and are seen as they are.</summary>
public sealed class ChurnTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestRaceConnectDuringGracePeriod/new_node_during_grace_period")]
    [Trait("Acceptance", "TestStressConnectDisconnect/disconnect_half_remaining_converge")]
    [Trait("Acceptance", "TestConnectionLifecycle/node_departs_peer_goes_offline")]
    public async Task Leave_Half_TheOthersAndANewcomerSeeThemOfflineAfterTheGrace()
    {
        const int Half = 3;
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await JoinAllAsync(server, key, "host", 2 * Half);
        var (leaving, staying) = (nodes[..Half], nodes[Half..]);

        await Task.WhenAll(leaving.Select(node => node.StopAsync()));
        await Clocks.UntilAsync(() => server.Tailnet.Sessions.Count == Half);
        var newcomer = await server.JoinAsync("newcomer", key);
        await newcomer.WaitForAsync(map => map.Peers.Count == 2 * Half && map.Peers.Values.All(peer => peer.Online == true));
        await time.AdvanceUntilAsync(newcomer, map => leaving.All(node => map.Peer(node.Hostname).Online == false), TimeSpan.FromSeconds(15));

        SimulatedNode[] here = [.. staying, newcomer];
        await AssertOnlineAsync(here);
        Assert.All(here, node => Assert.All(leaving, gone => Assert.Equal(false, node.Netmap.Peer(gone.Hostname).Online)));
    }

    [Fact]
    [Trait("Acceptance", "TestRaceConnectDuringGracePeriod/multi_disconnect_multi_connect_race")]
    [Trait("Acceptance", "TestStressChurn/rolling_replacement")]
    public async Task Replace_OneByOneThenSeveralAtOnce_ThoseHereSeeEachOther()
    {
        const int Count = 5;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var here = await JoinAllAsync(server, key, "old", Count);
        for (var i = 0; i < Count; i++)
        {
            var (leaving, joining) = (here[i].StopAsync(), server.JoinAsync($"new{i}", key));
            await leaving;
            here[i] = await joining;
        }

        await AssertOnlineAsync(here);
        var half = here[..(Count / 2)];
        var (away, fresh) = (Task.WhenAll(half.Select(node => node.StopAsync())), JoinAllAsync(server, key, "late", half.Length));
        await away;
        here = [.. await fresh, .. here[half.Length..]];

        await AssertOnlineAsync(here);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceBatcherContention/interleaved_add_remove_add")]
    public async Task JoinAndLogOut_FiveInTurn_ObserverSeesTheLastAlone()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserAsync("alice");
        var key = await server.CreateKeyAsync(alice);
        var shortly = await server.CreateKeyAsync(alice, ephemeral: true);
        var observer = await server.JoinAsync("observer", key);
        for (var round = 0; round < 5; round++)
        {
            var passing = await server.JoinAsync($"passing{round}", shortly);
            await passing.LogoutAsync(Token);
        }

        var last = await server.JoinAsync("last", key);

        await observer.WaitForAsync(map => map.HasExactly("last"));
        await last.WaitForAsync(map => map.HasExactly("observer"));
        await AssertOnlineAsync(observer, last);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceMapResponseDuringDisconnect/disconnect_during_update_storm")]
    public async Task Leave_WhileOthersJoin_TheRestIsComplete()
    {
        const int Joining = 5;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var stays = await server.JoinAsync("stays", key);
        var leaves = await server.JoinAsync("leaves", key);

        var joining = JoinAllAsync(server, key, "host", Joining);
        await stays.WaitForAsync(map => map.Peers.Count > 1);
        await leaves.StopAsync();
        SimulatedNode[] here = [stays, .. await joining];

        await AssertOnlineAsync(here);
        await Clocks.UntilAsync(() => server.Tailnet.Sessions.Count == here.Length);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceMapResponseDuringDisconnect/hostinfo_update_then_immediate_disconnect")]
    public async Task Leave_WithAnUpdateOnItsWay_OthersGoOn()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await JoinAllAsync(server, key, "host", 3);
        var (leaves, one, two) = (nodes[0], nodes[1], nodes[2]);

        // Whether the update arrives is a matter of luck.
        var update = leaves.UpdateAsync(profile => profile.WithHostinfo(info => info with { Os = "plan9" }), Token);
        await leaves.StopAsync();
        await Record.ExceptionAsync(() => update);

        await one.UpdateAsync(profile => profile.WithHome(901), Token);
        await two.WaitForAsync(map => map.Peer(one.Hostname).HomeDerp == 901);
        await AssertOnlineAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceNodeStoreContention/concurrent_reads_during_mutations")]
    [Trait("Acceptance", "TestRaceNodeStoreContention/list_nodes_during_churn")]
    public async Task List_WhileNodesFlapComeAndGo_HasAllThatAreThere()
    {
        const int Readers = 4;
        const int Reads = 25;
        await using var server = await TestServer.StartAsync();
        using var channel = server.OpenAdmin();
        var admin = new AdminClient(channel, new RpcCallOptions());
        var alice = await server.CreateUserAsync("alice");
        var nodes = await JoinAllAsync(server, await server.CreateKeyAsync(alice), "host", 4);
        var names = nodes.Select(node => node.Hostname).ToArray();
        var shortly = await server.CreateKeyAsync(alice, ephemeral: true);

        await Task.WhenAll(
        [
            .. nodes[..2].Select(node => RepeatAsync(5, () => node.ReconnectAsync(Token))),
            .. Enumerable.Range(0, 5).Select(async i => await (await server.JoinAsync($"passing{i}", shortly)).LogoutAsync(Token)),
            .. Enumerable.Range(0, Readers).Select(_ => RepeatAsync(Reads, async () =>
            {
                var listed = await admin.ListNodesAsync(new ListNodesRequest(), Token).ToListAsync(Token);
                Assert.Empty(names.Except(listed.Select(node => node.GivenName)));
            })),
        ]);

        await nodes[3].WaitForAsync(map => map.HasExactly(names[..3]));
        await AssertOnlineAsync(nodes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Acceptance", "TestLogoutReloginAllClientsConverge")]
    [Trait("Acceptance", "TestLogoutReloginWithPollChurn")]
    public async Task LogOutAndIn_AllAtOnceFourTimes_AllSeeAll(bool flaps)
    {
        const int Count = 12;
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAllAsync(server, await server.CreateUserWithKeyAsync("alice"), "host", Count);
        for (var round = 0; round < 4; round++)
        {
            await Task.WhenAll(nodes.Select(node => node.LogoutAsync(Token)));
            await Task.WhenAll(nodes.Select(async (node, i) =>
            {
                await node.JoinAsync(Token);
                await RepeatAsync(flaps ? 1 + (i % 2) : 0, () => node.ReconnectAsync(Token));
            }));

            await AssertOnlineAsync(nodes);
            Assert.All(nodes, node => Assert.Equal(Count - 1, node.Netmap.Peers.Count));
            Assert.All(nodes, node => Assert.All(node.Netmap.Peers.Values, peer => Assert.Null(peer.KeyExpiry)));
        }
    }

    private static Task<SimulatedNode[]> JoinAllAsync(TestServer server, string key, string name, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => server.JoinAsync($"{name}{i}", key)));

    private static async Task RepeatAsync(int times, Func<Task> action)
    {
        for (var time = 0; time < times; time++)
        {
            await action();
        }
    }

    /// <summary>All of these see each other online, and whatever else they see is as the server would tell it now.</summary>
    private static async Task AssertOnlineAsync(params SimulatedNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => nodes.All(other => other == node || map.FindPeer(other.Hostname)?.Online == true));
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }
}
