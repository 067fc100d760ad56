using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>What nodes are told of each other, and when.</summary>
public sealed class ContentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestContentVerification/peers")]
    [Trait("Acceptance", "TestContentVerification/user_profiles")]
    [Trait("Acceptance", "TestContentVerification/peers_have_key")]
    [Trait("Acceptance", "TestIssuesMapContent/initial_map_should_include_peer_online_status")]
    [Trait("Acceptance", "TestIssuesMapContent/disco_key_should_propagate_to_peers")]
    [Trait("Acceptance", "TestIssuesMapContent/peers_have_valid_derp_region")]
    [Trait("Acceptance", "TestIssuesMapContent/all_peers_have_user_profiles")]
    [Trait("Acceptance", "TestIssuesIdentity/cross_user_visibility_default_policy")]
    [Trait("Acceptance", "TestIssuesIdentity/multiple_nodes_same_user_distinct")]
    public async Task Map_NodesOfTwoUsers_ShowsEachPeerWhole()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserWithKeyAsync("alice");
        var bob = await server.CreateUserWithKeyAsync("bob");
        SimulatedNode[] nodes =
        [
            await server.JoinAsync("one", alice), await server.JoinAsync("two", alice), await server.JoinAsync("three", bob),
        ];

        foreach (var viewer in nodes)
        {
            var map = await viewer.WaitForAsync(map => map.Peers.Count == 2 && map.Peers.Values.All(peer => peer.Online == true && peer.HomeDerp != 0));
            Assert.Equal(2, map.Peers.Values.Select(peer => peer.Id).Distinct().Count());
            foreach (var node in nodes.Where(node => node != viewer))
            {
                var peer = map.Peer(node.Hostname);
                var entry = server.Entry(node);
                Assert.Equal([entry.Node.IPv4!.ToString(), entry.Node.IPv6!.ToString()], peer.Addresses!.Select(prefix => prefix.Address.ToString()));
                Assert.Subset(peer.AllowedIps!.ToHashSet(), peer.Addresses!.ToHashSet());
                Assert.Equal(node.Hostname, peer.Hostinfo!.Hostname);
                Assert.Equal(node.Identity.NodeKey, peer.Key);
                Assert.Equal(node.Identity.DiscoKey, peer.DiscoKey);
                Assert.Contains(peer.HomeDerp, map.Derp!.Regions!.Keys);
                Assert.NotEqual("", map.Users[peer.User].DisplayName);
            }

            Assert.Equal(viewer.Hostname == "three" ? "bob" : "alice", map.Users[map.Self.User].LoginName);
        }
    }

    [Fact]
    [Trait("Acceptance", "TestStressDataIntegrity/self_addresses_match_peer_view")]
    [Trait("Acceptance", "TestStressDataIntegrity/no_peers_expired_after_mesh_formation")]
    [Trait("Acceptance", "TestStressDataIntegrity/self_always_machine_authorized")]
    [Trait("Acceptance", "TestStressDataIntegrity/node_ids_consistent_between_server_and_client")]
    [Trait("Acceptance", "TestStressDataIntegrity/machine_key_consistent")]
    [Trait("Acceptance", "TestStressDataIntegrity/node_key_consistent")]
    public async Task Map_FiveNodes_ServerNodeAndPeersSayTheSame()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => server.JoinAsync($"host{i}", key)));
        await nodes[0].ReconnectAsync(Token);
        await Task.WhenAll(nodes.Select(node => node.WaitForAsync(map => map.Peers.Count == nodes.Length - 1)));

        foreach (var node in nodes)
        {
            var self = node.Netmap.Self;
            Assert.Equal((server.Entry(node).Id.Value, node.Identity.NodeKey, node.Identity.Machine), (self.Id, self.Key, self.Machine));
            Assert.Equal((node.Identity.NodeKey, node.Identity.Machine), (server.Entry(node).Node.NodeKey, server.Entry(node).Node.MachineKey));
            Assert.All(node.Traffic.Messages.Select(message => message.Message.Node).OfType<MapNode>(), told => Assert.True(told.MachineAuthorized));
            foreach (var viewer in nodes.Where(viewer => viewer != node))
            {
                var peer = viewer.Netmap.Peer(node.Hostname);
                Assert.Equal((self.Id, self.Key, self.Machine, self.Addresses), (peer.Id, peer.Key, peer.Machine, peer.Addresses));
                Assert.False(peer.Expired);
            }
        }
    }

    [Fact]
    [Trait("Acceptance", "TestContentVerification/update_history")]
    [Trait("Acceptance", "TestConsistency/update_count_positive")]
    [Trait("Acceptance", "TestConsistency/new_node_visible_to_all")]
    [Trait("Acceptance", "TestIssuesIPAllocation/new_peer_has_addresses_immediately")]
    [Trait("Acceptance", "TestIssuesScale/rapid_sequential_additions")]
    [Trait("Acceptance", "TestStressChurn/incremental_mesh_growth")]
    [Trait("Acceptance", "TestConnectionLifecycle/new_node_joins_mesh")]
    [Trait("Acceptance", "TestConnectionLifecycle/multiple_nodes_join_sequentially")]
    public async Task Join_OneByOne_PeersGrowByOneAndComeWithAddresses()
    {
        const int Count = 9;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var first = await server.JoinAsync("first", key);
        for (var count = 1; count <= Count; count++)
        {
            var next = await server.JoinAsync($"host{count}", key);
            Assert.Equal(count, (await first.WaitForAsync(map => map.FindPeer(next.Hostname) is not null)).Peers.Count);
            await next.WaitForAsync(map => map.Peers.Count == count);
        }

        var messages = first.Traffic.Messages.Select(message => message.Message).ToList();
        Assert.True(messages.Count > Count);
        Assert.All(messages.Select(message => message.Node).OfType<MapNode>(), self => Assert.Equal(first.Identity.NodeKey, self.Key));
        var appearances = messages.SelectMany(message => message.PeersChanged ?? []).GroupBy(peer => peer!.Id).ToList();
        Assert.Equal(Count, appearances.Count);
        Assert.All(appearances, peer => Assert.Equal(2, peer.First()!.Addresses!.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestConsistency/all_nodes_converge")]
    [Trait("Acceptance", "TestConsistency/interleaved_join_and_leave")]
    public async Task JoinAndLeave_Interleaved_RemainingAndNewAgree()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var ephemeral = await server.CreateKeyAsync(server.Tailnet.Snapshot.Users.Values.Single(), ephemeral: true);
        var old = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => server.JoinAsync($"old{i}", i < 2 ? ephemeral : key)));

        var leaving = Task.WhenAll(old.Take(2).Select(node => node.LogoutAsync(Token)));
        var fresh = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => server.JoinAsync($"new{i}", key)));
        await leaving;

        var here = old.Skip(2).Concat(fresh).ToList();
        foreach (var node in here)
        {
            await node.WaitForAsync(map => map.HasExactly(here.Where(other => other != node).Select(other => other.Hostname)));
        }

        await NetmapOracle.AssertConvergedAsync(here);
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesServerMutations/hostinfo_changes_propagate_to_peers")]
    public async Task Update_OperatingSystem_ReachesThePeers()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);

        await one.UpdateAsync(profile => profile.WithHostinfo(info => info with { Os = "plan9" }), Token);

        await two.WaitForAsync(map => map.FindPeer("one")?.Hostinfo?.Os == "plan9");
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesNodeStoreConsistency/nodestore_correct_after_rapid_reconnect")]
    [Trait("Acceptance", "TestIssuesScale/reconnect_gets_complete_map")]
    public async Task Reconnect_FiveTimesQuickly_IsOnlineWithAWholeMap()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        SimulatedNode[] others = [await server.JoinAsync("two", key), await server.JoinAsync("three", key)];
        var addresses = one.Netmap.Self.Addresses;

        for (var round = 0; round < 5; round++)
        {
            await one.ReconnectAsync(Token);
        }

        var map = await one.WaitForAsync(map => map.Stream == 6 && map.HasExactly("two", "three"));
        Assert.Equal(addresses, map.Self.Addresses);
        Assert.True(server.Entry(one).Presence.Online);
        await NetmapOracle.AssertConvergedAsync([one, .. others]);
        Assert.All(others, other => Assert.True(other.Netmap.Peer("one").Online));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [Trait("Acceptance", "TestTailNodeBaselineGates")]
    [Trait("Acceptance", "TestNodeAttrsBaselineCapsAlwaysOn")]
    [Trait("Acceptance", "TestTaildropDisabledWithholdsFileSharingCap")]
    public async Task Capabilities_FeatureSwitches_AreFollowed(bool taildrop, bool autoUpdate)
    {
        await using var server = await TestServer.StartAsync(configure: options => options with
        {
            Features = options.Features with { Taildrop = taildrop, AutoUpdate = autoUpdate },
        });
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        var capabilities = node.Netmap.Self.CapMap!;

        Assert.Equal(taildrop, capabilities.ContainsKey(NodeCapabilities.FileSharing));
        Assert.Equal([RawJson.FromBoolean(autoUpdate)], capabilities[NodeCapabilities.DefaultAutoUpdate]!);
        Assert.Contains(NodeCapabilities.IsAdmin, capabilities.Keys);
        Assert.Contains(NodeCapabilities.Ssh, capabilities.Keys);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeOnlineStatus")]
    public async Task Online_TwelveMinutes_NeverFlickers()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        SimulatedNode[] nodes = [await server.JoinAsync("one", key), await server.JoinAsync("two", key)];
        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => map.Peers.Values.All(peer => peer.Online == true) && map.Peers.Count == 1);
        }

        var seen = nodes.ToDictionary(node => node, node => node.Traffic.MessagesReceived);
        for (var second = 0; second < TimeSpan.FromMinutes(12).TotalSeconds; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.All(nodes, node => Assert.True(server.Entry(node).Presence.Online));
            Assert.All(nodes, node => Assert.True(node.Netmap.Peers.Values.Single().Online));

            // A request of its own makes the server's tasks run in between, and keeps the nodes' clocks from running ahead.
            await nodes[second % 2].FetchMapAsync(Token);
        }

        Assert.All(nodes, node => Assert.Equal(1, node.Traffic.Streams));
        Assert.All(nodes, node => Assert.DoesNotContain(node.Traffic.Messages.Skip(seen[node]), message => message.Message.SaysOffline()));
    }
}
