using System.Net;
using MeshControl.Core.Users;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>Whoever may not see a node hears nothing of it, in whatever form, and whoever may hears the whole of it.</summary>
public sealed class VisibilityTests
{
    private const string AllowAll = """{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""";
    private const string Nothing = """{"acls": []}""";
    private const string OwnDevicesOnly = """{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}""";
    private const string Isolation =
        """{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["alice@:*"]}, {"action": "accept", "src": ["bob@"], "dst": ["bob@:*"]}]}""";

    private static readonly IPEndPoint Other = new(IPAddress.Parse("198.51.100.7"), 41641);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Isolation)]
    [InlineData(OwnDevicesOnly)]
    [Trait("Acceptance", "TestBuildFromChangeFiltersPeerPatchesByVisibility")]
    [Trait("Acceptance", "TestBuildFromChangeFiltersUserProfilesByVisibility")]
    public async Task Update_OfANodeOfAnotherUser_IsWithheldInEveryForm(string policy)
    {
        await using var server = await TestServer.StartAsync();
        await server.SetPolicyAsync(policy);
        var bob = await server.CreateUserAsync("bob");
        var alice = await server.CreateUserWithKeyAsync("alice");
        var (one, two) = (await server.JoinAsync("one", alice), await server.JoinAsync("two", alice));
        var foreign = await server.JoinAsync("foreign", await server.CreateKeyAsync(bob));
        await one.WaitForAsync(map => map.HasExactly("two"));
        var other = server.Entry(foreign).Id.Value;

        await foreign.UpdateAsync(profile => profile.WithEndpoints(Other).WithHome(901), Token);
        await foreign.UpdateAsync(profile => profile.WithHostinfo(info => info with { Os = "plan9" }), Token);
        await server.ExecuteAsync(new RenameUserCommand(bob.Id, "robert"));
        await two.UpdateAsync(profile => profile.WithEndpoints(Other), Token);

        // Later than all of the above, and of a node that it may see.
        await one.WaitForAsync(map => map.Peer("two").Endpoints is [var endpoint] && endpoint.Equals(Other));
        Assert.All(one.Traffic.Messages.Select(message => message.Message), message =>
        {
            Assert.DoesNotContain(message.Peers ?? [], peer => peer!.Id == other);
            Assert.DoesNotContain(message.PeersChanged ?? [], peer => peer!.Id == other);
            Assert.DoesNotContain(message.PeersChangedPatch ?? [], patch => patch!.NodeId == other);
            Assert.DoesNotContain(message.UserProfiles ?? [], profile => profile!.Id == bob.Id.Value);
        });
    }

    [Theory]
    [InlineData(AllowAll)]
    [InlineData(Nothing)]
    [InlineData(Isolation)]
    [InlineData(OwnDevicesOnly)]
    [Trait("Acceptance", "TestBuildFromChangeVisibilityMatchesFullMap")]
    public async Task Updates_UnderAPolicy_LeadToWhatAWholeMapSays(string policy)
    {
        await using var server = await TestServer.StartAsync();
        var (alice, bob) = (await server.CreateUserWithKeyAsync("alice"), await server.CreateUserWithKeyAsync("bob"));
        await server.SetPolicyAsync(policy);
        SimulatedNode[] nodes =
        [
            await server.JoinAsync("a1", alice), await server.JoinAsync("b1", bob), await server.JoinAsync("a2", alice), await server.JoinAsync("b2", bob),
        ];

        foreach (var node in nodes)
        {
            await node.UpdateAsync(profile => profile.WithEndpoints(Other).WithHome(901), Token);
            await node.UpdateAsync(profile => profile.WithHostinfo(info => info with { Os = "plan9" }), Token);
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
        var expected = policy switch { AllowAll => 3, Nothing => 0, _ => 1 };
        Assert.All(nodes, node => Assert.Equal(expected, node.Netmap.Peers.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesMapContent/policy_change_carries_user_profile_for_new_peer")]
    public async Task Policy_Opened_NewPeerComesWithItsOwnersProfile()
    {
        await using var server = await TestServer.StartAsync();
        await server.SetPolicyAsync(Isolation);
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var foreign = await server.JoinAsync("foreign", await server.CreateUserWithKeyAsync("bob"));
        Assert.Empty(one.Netmap.Peers);

        await server.SetPolicyAsync(AllowAll);

        await one.WaitForAsync(map => map.FindPeer("foreign") is not null);
        var appearance = one.Traffic.Messages.Select(message => message.Message).First(message => message.PeersChanged is { Count: > 0 });
        var peer = Assert.Single(appearance.PeersChanged!)!;
        Assert.Equal(server.Entry(foreign).Id.Value, peer.Id);
        Assert.Equal("bob", Assert.Single(appearance.UserProfiles!, profile => profile!.Id == peer.User)!.LoginName);
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesIdentity/policy_change_during_connect")]
    public async Task Policy_SetWhileNodesJoin_AllGoByTheLast()
    {
        const int Count = 12;
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var joining = Task.WhenAll(Enumerable.Range(0, Count).Select(number => server.JoinAsync($"host{number}", key)));
        for (var round = 0; round < 5; round++)
        {
            await server.SetPolicyAsync(round % 2 == 0 ? Nothing : AllowAll);
        }

        await server.SetPolicyAsync(OwnDevicesOnly);
        var nodes = await joining;

        foreach (var node in nodes)
        {
            await node.WaitForAsync(map => map.Peers.Count == Count - 1 && map.Filters.Values.Any(piece => piece.Count > 0));
        }

        await NetmapOracle.AssertConvergedAsync(nodes);
    }
}
