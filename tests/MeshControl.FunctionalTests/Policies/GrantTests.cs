using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>Grants, as nodes receive them.</summary>
public sealed class GrantTests
{
    [Fact]
    [Trait("Acceptance", "TestGrantPolicies/grant_only_policy")]
    [Trait("Acceptance", "TestGrantPolicies/grant_policy_update_propagation")]
    public async Task Grant_PortsThenCapabilities_ArriveWhenTheyAreGranted()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server);
        await server.SetPolicyAsync("""{"grants": [{"src": ["*"], "dst": ["*"], "ip": ["tcp:22"]}]}""");
        foreach (var node in nodes)
        {
            var map = await node.WaitForAsync(map => Rules(map) is [{ IpProto: not null }]);
            Assert.Equal([6], Rules(map)[0].IpProto!);
            Assert.Single(map.Peers);
        }

        await server.SetPolicyAsync("""{"grants": [{"src": ["*"], "dst": ["*"], "app": {"example.com/cap/notes": [{"access": "rw"}]}}]}""");

        foreach (var node in nodes)
        {
            var map = await node.WaitForAsync(map => Rules(map) is [{ CapGrant: not null }]);
            Assert.Equal("""{"access":"rw"}""", Rules(map)[0].CapGrant![0].CapMap!["example.com/cap/notes"]![0].ToString());
            Assert.Single(map.Peers);
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestGrantPolicies/grant_cap_compilation")]
    public async Task Grant_DriveAndRelay_CompanionsLandOnTheSources()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server);

        await server.SetPolicyAsync("""{"grants": [{"src": ["alice@"], "dst": ["bob@"], "app": {"tailscale.com/cap/drive": [{"shares": ["*"], "access": "ro"}], "tailscale.com/cap/relay": []}}]}""");

        var bob = await nodes[1].WaitForAsync(map => Rules(map) is [{ CapGrant: not null }]);
        Assert.Equal([PeerCapabilities.Drive, PeerCapabilities.Relay], Rules(bob)[0].CapGrant![0].CapMap!.Keys.Order(StringComparer.Ordinal));
        var alice = await nodes[0].WaitForAsync(map => Rules(map) is [{ CapGrant: not null }, { CapGrant: not null }]);
        Assert.Equal(
            [PeerCapabilities.DriveSharer, PeerCapabilities.RelayTarget],
            Rules(alice).SelectMany(rule => rule.CapGrant![0].CapMap!.Keys));
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestGrantPolicies/grant_per_user_isolation")]
    public async Task Grant_SelfOnly_IsolatesUsers()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserWithKeyAsync("alice");
        var bob = await server.CreateUserWithKeyAsync("bob");
        SimulatedNode[] nodes =
        [
            await server.JoinAsync("alice-1", alice), await server.JoinAsync("alice-2", alice),
            await server.JoinAsync("bob-1", bob), await server.JoinAsync("bob-2", bob),
        ];
        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => map.Peers.Count == 3);
        }

        await server.SetPolicyAsync("""{"grants": [{"src": ["autogroup:member"], "dst": ["autogroup:self"], "ip": ["*"]}]}""");

        await nodes[0].WaitForAsync(map => map.HasExactly("alice-2"));
        await nodes[1].WaitForAsync(map => map.HasExactly("alice-1"));
        await nodes[2].WaitForAsync(map => map.HasExactly("bob-2"));
        await nodes[3].WaitForAsync(map => map.HasExactly("bob-1"));
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestGrantPolicies/mixed_grants_and_acls")]
    public async Task GrantAndAcl_BothKindsOfRuleArrive()
    {
        await using var server = await TestServer.StartAsync();
        var nodes = await JoinAsync(server);

        await server.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["bob@:22"]}], "grants": [{"src": ["alice@"], "dst": ["bob@"], "app": {"tailscale.com/cap/drive": [{"shares": ["*"], "access": "rw"}]}}]}""");

        var map = await nodes[1].WaitForAsync(map => Rules(map).Count == 2);
        Assert.Equal([true, false], Rules(map).Select(rule => rule.CapGrant is not null));
        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    private static IReadOnlyList<FilterRule> Rules(Netmap map) => [.. map.Filters.Values.SelectMany(piece => piece)];

    private static async Task<SimulatedNode[]> JoinAsync(TestServer server) =>
    [
        await server.JoinAsync("alice-1", await server.CreateUserWithKeyAsync("alice")),
        await server.JoinAsync("bob-1", await server.CreateUserWithKeyAsync("bob")),
    ];
}
