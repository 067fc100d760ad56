using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Races;

/// <summary>Administrators and nodes that change things at the same moment: the last word of each counts, and everybody hears it.</summary>
public sealed class SimultaneousChangeTests
{
    private const string AllowAll = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";
    private const string Nothing = """{"acls": []}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestRaceConcurrentServerMutations/concurrent_rename_route_policy")]
    [Trait("Acceptance", "TestStressStateMutations/rapid_rename_final_state_correct")]
    [Trait("Acceptance", "TestStressStateMutations/rapid_policy_changes")]
    public async Task Change_NameExpiryAndPolicyAtOnce_LastOfEachIsWhatAllKnow()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two, _) = await JoinThreeAsync(server);
        var id = server.Entry(one).Id;

        await Task.WhenAll(
            FiveTimesAsync(round => server.ExecuteAsync(new RenameNodeCommand(id, $"name{round}"))),
            FiveTimesAsync(round => server.ExecuteAsync(new ExpireNodeCommand(id) { Lifetime = TimeSpan.FromDays(round) })),
            FiveTimesAsync(round => server.SetPolicyAsync(round % 2 == 0 ? Nothing : AllowAll)));

        var map = await two.WaitForAsync(map => map.HasExactly("name5", "three"));
        Assert.Equal(server.Entry(one).Node.Expiry, map.Peer("name5").KeyExpiry);
        Assert.InRange(map.Peer("name5").KeyExpiry!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(4), TimeSpan.FromDays(5));
        await one.UpdateAsync(profile => profile.WithHome(901), Token);
        await two.WaitForAsync(map => map.Peer("name5").HomeDerp == 901);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceConcurrentServerMutations/delete_during_policy_change")]
    public async Task Delete_WhileThePolicyChanges_TheOthersSeeEachOtherAlone()
    {
        await using var server = await TestServer.StartAsync();
        var (one, two, three) = await JoinThreeAsync(server);

        await Task.WhenAll(server.ExecuteAsync(new DeleteNodeCommand(server.Entry(two).Id)), server.SetPolicyAsync(AllowAll));

        await one.WaitForAsync(map => map.HasExactly("three"));
        await three.WaitForAsync(map => map.HasExactly("one"));
        await NetmapOracle.AssertConvergedAsync(one, three);
    }

    [Fact]
    [Trait("Acceptance", "TestRaceConcurrentServerMutations/concurrent_hostinfo_updates")]
    [Trait("Acceptance", "TestStressDataIntegrity/hostinfo_update_reaches_all_peers")]
    public async Task Update_OfAllAtTheSameMoment_ReachesAll()
    {
        const int Count = 6;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => server.JoinAsync($"host{i}", key)));

        await Task.WhenAll(nodes.Select((node, i) => node.UpdateAsync(profile => profile.WithHostinfo(info => info with { Os = $"os{i}" }), Token)));

        foreach (var node in nodes)
        {
            await node.WaitForAsync(
                map => map.Peers.Count == Count - 1 && map.Peers.Values.All(peer => peer.Hostinfo!.Os == peer.Hostinfo.Hostname!.Replace("host", "os", StringComparison.Ordinal)));
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }

    private static async Task<(SimulatedNode One, SimulatedNode Two, SimulatedNode Three)> JoinThreeAsync(TestServer server)
    {
        var key = await server.CreateUserWithKeyAsync("alice");
        SimulatedNode[] nodes = [await server.JoinAsync("one", key), await server.JoinAsync("two", key), await server.JoinAsync("three", key)];
        await NetmapOracle.AssertConvergedAsync(nodes);
        return (nodes[0], nodes[1], nodes[2]);
    }

    /// <summary>From 1 to 5, one after another.</summary>
    private static async Task FiveTimesAsync(Func<int, Task> change)
    {
        for (var round = 1; round <= 5; round++)
        {
            await change(round);
        }
    }
}
