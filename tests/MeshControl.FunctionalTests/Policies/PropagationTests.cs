using MeshControl.Core.Nodes;
using MeshControl.Core.Users;
using MeshControl.FunctionalTests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>What a policy, and a change of one, comes to at the nodes: at those that it concerns, and at no others.</summary>
public sealed class PropagationTests
{
    private const string AllowAll = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";
    private const string Nothing = """{"acls": []}""";
    private const string AliceToBob = """{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["bob@:22"]}]}""";

    private const string OwnDevicesOnly =
        """{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}""";

    [Fact]
    [Trait("Acceptance", "TestPolicyChanges/default_allow_all")]
    [Trait("Acceptance", "TestPolicyChanges/policy_with_allow_all_has_packet_filter")]
    [Trait("Acceptance", "TestPolicyChanges/explicit_allow_all_policy")]
    public async Task Policy_NoneOrAllowAll_EverybodySeesEverybody()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1", "carol-1");
        foreach (var node in nodes)
        {
            var map = await node.WaitForAsync(map => map.Peers.Count == 2);
            Assert.Contains(map.Filters.Values, piece => piece.Count > 0);
        }

        await server.SetPolicyAsync(AllowAll);

        await NetmapOracle.AssertConvergedAsync(nodes);
        Assert.All(nodes, node => Assert.Equal(2, node.Netmap.Peers.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestRebuildPeerMapsWithChangedPeersFunc")]
    [Trait("Acceptance", "TestPolicyChanges/policy_change_triggers_update_on_all_nodes")]
    [Trait("Acceptance", "TestPolicyChanges/multiple_policy_changes")]
    public async Task Policy_ChangedAgainAndAgain_ReachesAllThatItConcerns()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "alice-2", "bob-1");
        await ReachAsync(nodes, 2);

        await server.SetPolicyAsync(Nothing);
        await ReachAsync(nodes, 0);
        Assert.All(nodes, node => Assert.DoesNotContain(node.Netmap.Filters.Values, piece => piece.Count > 0));

        await server.SetPolicyAsync(AllowAll);
        await ReachAsync(nodes, 2);

        await server.SetPolicyAsync(OwnDevicesOnly);
        await nodes[0].WaitForAsync(map => map.HasExactly("alice-2"));
        await nodes[1].WaitForAsync(map => map.HasExactly("alice-1"));
        await nodes[2].WaitForAsync(map => map.Peers.IsEmpty);
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestPolicyChanges/policy_with_multiple_users")]
    public async Task Policy_OneWay_BothSeeEachOtherAndOneIsLetIn()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1", "carol-1");
        await ReachAsync(nodes, 2);

        await server.SetPolicyAsync(AliceToBob);

        var (alice, bob, carol) = (nodes[0], nodes[1], nodes[2]);
        await alice.WaitForAsync(map => map.HasExactly("bob-1"));
        var map = await bob.WaitForAsync(map => map.HasExactly("alice-1"));
        await carol.WaitForAsync(map => map.Peers.IsEmpty);
        var rule = Assert.Single(map.Filters.Values.SelectMany(piece => piece));
        Assert.Equal(AddressesOf(server, alice), rule.SrcIps!.Order(StringComparer.Ordinal));
        Assert.All(rule.DstPorts!, destination => Assert.Equal(22, destination.Ports.First));
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    public async Task Policy_ChangeForOneUser_OthersHearNothing()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1", "carol-1", "dave-1");
        await server.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["bob@:22"]}, {"action": "accept", "src": ["carol@"], "dst": ["dave@:22"]}]}""");
        await NetmapOracle.AssertConvergedAsync(nodes);
        await nodes[3].WaitForAsync(map => map.HasExactly("carol-1"));
        var (bob, others) = (nodes[1], new[] { nodes[0], nodes[2], nodes[3] });
        var before = others.Select(node => node.Traffic.MessagesReceived - node.Traffic.KeepAlivesReceived).ToArray();

        await server.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["bob@:22,80"]}, {"action": "accept", "src": ["carol@"], "dst": ["dave@:22"]}]}""");
        await bob.WaitForAsync(map => map.Filters.Values.SelectMany(piece => piece).SelectMany(rule => rule.DstPorts!).Any(port => port.Ports.First == 80));

        // Whatever was on its way to them comes before the answer to this.
        for (var index = 0; index < others.Length; index++)
        {
            await server.ExecuteAsync(new RenameNodeCommand(server.Entry(others[index]).Id, $"renamed-{index}"));
            await others[index].WaitForAsync(map => Netmap.FirstLabel(map.Self) == $"renamed-{index}");
        }

        // Its own name; and of the two that see each other the other's as well, which may share a message with it.
        var after = others.Select(node => node.Traffic.MessagesReceived - node.Traffic.KeepAlivesReceived).ToArray();
        Assert.Equal(before[0] + 1, after[0]);
        Assert.InRange(after[1] - before[1], 1, 2);
        Assert.InRange(after[2] - before[2], 1, 2);
    }

    [Fact]
    public async Task Policy_SaysTheSameInOtherWords_NobodyHearsOfIt()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1");
        await server.SetPolicyAsync(AliceToBob);
        await NetmapOracle.AssertConvergedAsync(nodes);
        var before = nodes[1].Traffic.MessagesReceived - nodes[1].Traffic.KeepAlivesReceived;

        await server.SetPolicyAsync("""{"groups": {"group:a": ["alice@"]}, /* the same */ "acls": [{"action": "accept", "src": ["group:a"], "dst": ["bob@:22"]}]}""");
        await server.ExecuteAsync(new RenameNodeCommand(server.Entry(nodes[1]).Id, "renamed"));
        await nodes[1].WaitForAsync(map => Netmap.FirstLabel(map.Self) == "renamed");

        Assert.Equal(before + 1, nodes[1].Traffic.MessagesReceived - nodes[1].Traffic.KeepAlivesReceived);
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    public async Task Join_OneMoreSource_ChangesOnePieceOfTheFilter()
    {
        await using var server = await TestServer.StartAsync();
        await server.SetPolicyAsync(AliceToBob);
        var key = await server.CreateUserWithKeyAsync("alice");
        var bob = await server.JoinAsync("bob-1", await server.CreateUserWithKeyAsync("bob"));
        var first = await server.JoinAsync("alice-1", key);
        await bob.WaitForAsync(map => map.HasExactly("alice-1") && Sources(map).Count() == 2);

        var second = await server.JoinAsync("alice-2", key);

        var map = await bob.WaitForAsync(map => map.HasExactly("alice-1", "alice-2") && Sources(map).Count() == 4);
        Assert.Single(map.Filters.Values.SelectMany(piece => piece));
        await NetmapOracle.AssertConvergedAsync(first, second, bob);
    }

    [Fact]
    public async Task Delete_Source_LeavesTheFilter()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "alice-2", "bob-1");
        await server.SetPolicyAsync(AliceToBob);
        await nodes[2].WaitForAsync(map => map.HasExactly("alice-1", "alice-2") && Sources(map).Count() == 4);

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(nodes[0]).Id));

        await nodes[2].WaitForAsync(map => map.HasExactly("alice-2") && Sources(map).Count() == 2);
        await NetmapOracle.AssertConvergedAsync(nodes[1], nodes[2]);
    }

    [Fact]
    [Trait("Acceptance", "TestIPv6OnlyPrefixACL")]
    public async Task Policy_OfIPv6Alone_FilterHasNoIPv4()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1");
        var (alice, bob) = (server.Entry(nodes[0]).Node.IPv6!, server.Entry(nodes[1]).Node.IPv6!);

        await server.SetPolicyAsync($$"""{"acls": [{"action": "accept", "src": ["{{alice}}/128"], "dst": ["[{{bob}}]:*"]}]}""");

        var map = await nodes[1].WaitForAsync(map => Sources(map).SequenceEqual([alice.ToString()]));
        Assert.Equal([bob.ToString()], map.Filters.Values.SelectMany(piece => piece).SelectMany(rule => rule.DstPorts!).Select(port => port.Ip));
    }

    [Fact]
    public async Task Role_Given_ChangesWhatTheNodeMayAndWhomItSees()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserAsync("alice");
        var bob = await server.CreateUserAsync("bob");
        var (first, second) = (await server.JoinAsync("alice-1", await server.CreateKeyAsync(alice)), await server.JoinAsync("bob-1", await server.CreateKeyAsync(bob)));
        await server.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["autogroup:admin"], "dst": ["autogroup:member:*"]}]}""");
        await first.WaitForAsync(map => map.HasExactly("bob-1") && map.Self.CapMap!.ContainsKey(NodeCapabilities.IsOwner));
        await second.WaitForAsync(map => map.HasExactly("alice-1") && !map.Self.CapMap!.ContainsKey(NodeCapabilities.IsAdmin));
        Assert.Empty(Sources(first.Netmap).Intersect(AddressesOf(server, second)));

        await server.ExecuteAsync(new SetUserRoleCommand(bob.Id, UserRole.Admin));

        await second.WaitForAsync(map => map.Self.CapMap!.ContainsKey(NodeCapabilities.IsAdmin));
        await first.WaitForAsync(map => AddressesOf(server, second).All(address => Sources(map).Contains(address)));
        await NetmapOracle.AssertConvergedAsync(first, second);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeAttrsDeliverToSelfAndPeer")]
    [Trait("Acceptance", "TestNodeAttrsUserTargetIsolated")]
    [Trait("Acceptance", "TestNodeAttrsRevokesWhenRemoved")]
    [Trait("Acceptance", "TestNodeAttrsAddsToBaseline")]
    public async Task NodeAttributes_ComeAndGoWithThePolicy()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1");
        await ReachAsync(nodes, 1);

        await server.SetPolicyAsync("""{"nodeAttrs": [{"target": ["*"], "attr": ["magicdns-aaaa"]}, {"target": ["alice@"], "attr": ["randomize-client-port"]}]}""");

        var map = await nodes[0].WaitForAsync(map => map.Self.CapMap!.ContainsKey("randomize-client-port"));
        Assert.Contains("magicdns-aaaa", map.Self.CapMap!.Keys);
        Assert.Contains(NodeCapabilities.Ssh, map.Self.CapMap!.Keys);
        map = await nodes[1].WaitForAsync(map => map.Self.CapMap!.ContainsKey("magicdns-aaaa"));
        Assert.DoesNotContain("randomize-client-port", map.Self.CapMap!.Keys);
        Assert.All(nodes, node => Assert.All(node.Netmap.Peers.Values, peer => Assert.Null(peer.CapMap)));

        await server.SetPolicyAsync("{}");
        await nodes[0].WaitForAsync(map => !map.Self.CapMap!.ContainsKey("randomize-client-port") && !map.Self.CapMap!.ContainsKey("magicdns-aaaa"));
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeAttrsReloadingSamePolicyDoesNotChurnSelf")]
    public async Task NodeAttributes_SamePolicyAgain_NobodyHearsOfIt()
    {
        const string Policy = """{"nodeAttrs": [{"target": ["*"], "attr": ["magicdns-aaaa"]}]}""";
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1");
        await server.SetPolicyAsync(Policy);
        await nodes[0].WaitForAsync(map => map.Self.CapMap!.ContainsKey("magicdns-aaaa"));
        var before = nodes[0].Traffic.MessagesReceived - nodes[0].Traffic.KeepAlivesReceived;

        await server.SetPolicyAsync(Policy);
        await server.SetPolicyAsync(Policy + "\n// a remark");
        await server.ExecuteAsync(new RenameNodeCommand(server.Entry(nodes[0]).Id, "renamed"));
        await nodes[0].WaitForAsync(map => Netmap.FirstLabel(map.Self) == "renamed");

        Assert.Equal(before + 1, nodes[0].Traffic.MessagesReceived - nodes[0].Traffic.KeepAlivesReceived);
        Assert.Contains("magicdns-aaaa", nodes[0].Netmap.Self.CapMap!.Keys);
    }

    [Fact]
    public async Task DisableIPv4_TakesTheAddressOutOfEveryMap()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server, "alice-1", "bob-1", "carol-1");
        await ReachAsync(nodes, 2);

        await server.SetPolicyAsync("""{"nodeAttrs": [{"target": ["alice@"], "attr": ["disable-ipv4"]}]}""");

        await nodes[0].WaitForAsync(map => OnlyIPv6(map.Self) && map.Peers.Values.All(OnlyIPv6));
        await nodes[1].WaitForAsync(map => OnlyIPv6(map.Peer("alice-1")) && !OnlyIPv6(map.Peer("carol-1")));
        await NetmapOracle.AssertConvergedAsync(nodes);

        static bool OnlyIPv6(MapNode node) => node.Addresses!.All(prefix => prefix.IsIPv6) && node.AllowedIps!.All(prefix => prefix.IsIPv6);
    }

    [Fact]
    public async Task Ssh_RulesFollowPolicyAndNodes()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var bob = await server.JoinAsync("bob-1", await server.CreateUserWithKeyAsync("bob"));
        await server.SetPolicyAsync("""{"tagOwners": {"tag:web": []}, "ssh": [{"action": "accept", "src": ["alice@"], "dst": ["tag:web"], "users": ["root", "autogroup:nonroot"]}, {"action": "check", "src": ["alice@"], "dst": ["tag:web"], "users": ["root"]}]}""");
        var web = await server.JoinAsync("web-1", await server.CreateKeyAsync(null, tags: "tag:web"));
        await web.WaitForAsync(map => map.Ssh is { Rules.Count: 0 });

        var alice = await server.JoinAsync("alice-1", key);

        var map = await web.WaitForAsync(map => map.Ssh is { Rules.Count: 2 });
        Assert.All(map.Ssh!.Rules!, rule => Assert.Equal(
            AddressesOf(server, alice), rule.Principals!.Select(principal => principal.NodeIp!).Order(StringComparer.Ordinal)));
        Assert.StartsWith("https://127.0.0.1/machine/ssh/action/", map.Ssh!.Rules![0].Action!.HoldAndDelegate, StringComparison.Ordinal);
        Assert.True(map.Ssh!.Rules![1].Action!.Accept);
        Assert.Empty(bob.Netmap.Ssh!.Rules!);

        await server.SetPolicyAsync("{}");
        await web.WaitForAsync(map => map.Ssh is { Rules.Count: 0 });
        await NetmapOracle.AssertConvergedAsync(alice, bob, web);
    }

    private static IEnumerable<string> Sources(Netmap map) => map.Filters.Values.SelectMany(piece => piece).SelectMany(rule => rule.SrcIps!);

    private static IEnumerable<string> AddressesOf(TestServer server, SimulatedNode node) =>
        new[] { server.Entry(node).Node.IPv4!.ToString(), server.Entry(node).Node.IPv6!.ToString() }.Order(StringComparer.Ordinal);

    private static async Task ReachAsync(IEnumerable<SimulatedNode> nodes, int peers)
    {
        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => map.Peers.Count == peers);
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    /// <summary>Nodes by name, each of the user that its name begins with.</summary>
    private static async Task<SimulatedNode[]> JoinAsync(TestServer server, params string[] names)
    {
        var keys = new Dictionary<string, string>();
        var nodes = new List<SimulatedNode>();
        foreach (var name in names)
        {
            var user = name.Split('-')[0];
            if (!keys.TryGetValue(user, out var key))
            {
                keys[user] = key = await server.CreateUserWithKeyAsync(user);
            }

            nodes.Add(await server.JoinAsync(name, key));
        }

        return [.. nodes];
    }
}
