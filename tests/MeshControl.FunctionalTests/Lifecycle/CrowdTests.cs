using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>Many at once.</summary>
public sealed class CrowdTests
{
    private const int NodeCount = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestIssuesIPAllocation/ip_addresses_are_unique_across_nodes")]
    [Trait("Acceptance", "TestIssuesScale/simultaneous_connect_all_see_all")]
    [Trait("Acceptance", "TestRaceBatcherContention/many_simultaneous_connects")]
    [Trait("Acceptance", "TestNetworkWeather/scale_20_nodes")]
    [Trait("Acceptance", "TestScale1000_AllToAll_FullPipeline")]
    public async Task Join_CrowdAtOnce_AllSeeAll()
    {
        await using var server = await TestServer.StartAsync();
        var keys = new[]
        {
            await server.CreateUserWithKeyAsync("alice"),
            await server.CreateUserWithKeyAsync("bob"),
            await server.CreateKeyAsync(owner: null, tags: ["tag:web"]),
        };

        var nodes = await Task.WhenAll(
            Enumerable.Range(0, NodeCount).Select(i => server.JoinAsync($"host{i}", keys[i % keys.Length], Light)));
        await Task.WhenAll(nodes.Select(node => node.WaitForAsync(map => map.Peers.Count == NodeCount - 1, Patience)));

        await NetmapOracle.AssertConvergedAsync(nodes);
        Assert.Equal(NodeCount, nodes.SelectMany(node => node.Netmap.Self.Addresses!).Where(address => !address.IsIPv6).Distinct().Count());
        Assert.Equal(NodeCount, nodes.Select(node => node.Netmap.Self.Name).Distinct().Count());
        Assert.All(nodes, node => Assert.Equal(1, node.Traffic.Streams));
    }

    [Fact]
    [Trait("Acceptance", "TestInitialMapNotStarvedByReconnectStorm")]
    public async Task Reconnect_CrowdAtOnceEachSeesItsOwnersNodes_AllHaveTheirFirstMapInTime()
    {
        const int Users = 10;
        await using var server = await TestServer.StartAsync();
        await server.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}""");
        var keys = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => server.CreateUserWithKeyAsync($"user{i}")));
        var nodes = Enumerable.Range(0, NodeCount).Select(i => server.NewNode($"host{i}", keys[i % Users], Light)).ToArray();
        await Task.WhenAll(nodes.Select(async (node, i) =>
        {
            await node.RegisterAsync(keys[i % Users], Token);
            node.StartPolling();
            await node.WaitForAsync(map => map.Peers.Count == (NodeCount / Users) - 1, Patience);
        }));

        // Each gives up after half a minute.
        await Task.WhenAll(nodes.Select(node => node.ReconnectAsync(Token)));

        Assert.All(nodes, node => Assert.Equal((2, (NodeCount / Users) - 1), (node.Netmap.Stream, node.Netmap.Peers.Count)));
    }

    [Fact]
    public async Task Change_CrowdInParallel_AllAgreeInTheEnd()
    {
        const int Count = 40;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => server.JoinAsync($"host{i}", key, Light)));

        await Parallel.ForEachAsync(Enumerable.Range(0, Count), Token, async (i, token) =>
        {
            var node = nodes[i];
            for (var round = 0; round < 5; round++)
            {
                await (((i + round) % 5) switch
                {
                    0 => node.UpdateAsync(profile => profile.WithHome(900 + round), token),
                    1 => node.UpdateAsync(profile => profile.WithHostinfo(info => info with { Hostname = $"new{i}x{round}" }), token),
                    2 => node.ReconnectAsync(token),
                    3 => node.RotateKeyAsync(key, token),
                    _ => node.RestartAsync(token),
                });
            }
        });

        await NetmapOracle.AssertConvergedAsync(nodes);
        Assert.Equal(Count, server.Tailnet.Snapshot.Nodes.Count);
    }

    private static SimulatedNodeOptions Light(SimulatedNodeOptions options) => options with { RecordsMessages = false };
}
