using MeshControl.ClientTests.Policies;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>What a change costs whom: of the policy, and of the users, nodes and tags that it names.</summary>
[Collection(nameof(PolicyLab))]
public sealed class PolicyChangeTests(PolicyLab lab)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestPolicyUpdateWhileRunningWithCLIInDatabase")]
    public async Task Set_ChangeOfOneUsersRules_IsOneMessageForItsNodesAndNoneForOthers()
    {
        const string before = """{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}""";
        const string after =
            """
            {
              // Of Bob's nodes all is as before.
              "acls": [
                {"action": "accept", "src": ["postgres@example.com"], "dst": ["postgres@example.com:*"]},
                {"action": "accept", "src": ["alice@"], "dst": ["alice@:80"]},
              ],
            }
            """;
        var network = await lab.GetAsync();
        await network.SetPolicyUnmarkedAsync(before);
        await network.SeesAsync("b1", "b2");
        await network.SeesAsync("web", "");
        await network.ReachesAsync("a1 > a2:81 answered");
        var counts = await CountAsync(network);

        await network.SetPolicyUnmarkedAsync(after);

        await network.ReachesAsync("a1 > a2:81 refused");
        await network.ReachesAsync("a2 > a1:80 answered");
        var messages = (await CountAsync(network)).Zip(counts, (now, then) => $"{now.Role}: {now.Count - then.Count}");
        Assert.Equal(["a1: 1", "a2: 1", "b1: 0", "b2: 0", "web: 0"], messages);
        Assert.Equal(after, (await network.Mesh.Meshctl.RunAsync(Token, "policy", "get")).Output.TrimEnd('\n'));
    }

    [Fact]
    [Trait("Acceptance", "TestACLPolicyPropagationOverTime")]
    public async Task Set_OneAfterTheOther_ReachabilityFollowsAndNodesThatComeAndGoToo()
    {
        var network = await lab.GetAsync();
        for (var cycle = 0; cycle < 2; cycle++)
        {
            await network.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}""");
            await network.ReachesAsync("a1 > b1:80 answered");
            await network.ReachesAsync("web > a1:80 answered");

            await network.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}""");
            await network.ReachesAsync("a1 > a2:80 answered");
            await network.SeesAsync("a1", "a2");
            await network.SeesAsync("b1", "b2");

            await network.JoinSpareAsync(network.Key);
            await network.ReachesAsync("a1 > spare:80 answered");
            await network.ReachesAsync("spare > a2:80 answered");
            await network.SeesAsync("b1", "b2");

            await network.DeleteSpareAsync();
            await network.SeesAsync("a1", "a2");
            await network.ReachesAsync("a1 > a2:80 answered");

            await network.SetPolicyAsync("""{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["postgres@example.com:*"]}]}""");
            await network.ReachesAsync("a2 > b2:80 answered");
            await network.ReachesAsync("b1 > a1:80 refused");
            await network.SeesAsync("a1", "b1 b2");
        }
    }

    [Fact]
    [Trait("Acceptance", "TestACLTagPropagation")]
    [Trait("Acceptance", "TestACLTagPropagationPortSpecific")]
    public async Task Tag_OfANode_GrantsRevokesAndNamesItAtOnce()
    {
        var network = await lab.GetAsync();
        await network.SetPolicyAsync(
            """
            {
              "tagOwners": {"tag:web": [], "tag:db": [], "tag:shell": []},
              "acls": [
                {"action": "accept", "src": ["alice@"], "dst": ["tag:web:80", "tag:shell:22"]},
                {"action": "accept", "src": ["postgres@example.com"], "dst": ["tag:db:80"]},
                {"action": "accept", "src": ["tag:db"], "dst": ["alice@:81"]},
              ],
            }
            """);
        await network.ReachesAsync("a1 > web:80 answered");
        await network.ReachesAsync("web > a1:81 refused");
        await network.ReachesAsync("b1 > web:80 unseen");

        await network.TagWebAsync("tag:db,tag:web");
        await network.ReachesAsync("b1 > web:80 answered");
        await network.ReachesAsync("web > a1:81 answered");
        await network.ReachesAsync("a1 > web:80 answered");

        await network.TagWebAsync("tag:db");
        await network.ReachesAsync("a1 > web:80 refused");
        await network.ReachesAsync("b1 > web:80 answered");

        await network.TagWebAsync("tag:shell");
        await network.ReachesAsync("a1 > web:22 answered");
        await network.ReachesAsync("a1 > web:80 refused");
        await network.ReachesAsync("b1 > web:80 unseen");
        await Eventually.GetAsync(
            "a1 to see the node's new tag",
            network["a1"].StatusAsync,
            status => status.Peer(network["web"].Name)!.Tags.SequenceEqual(["tag:shell"]));

        await network.TagWebAsync("tag:web");
        await network.ReachesAsync("a1 > web:80 answered");
    }

    [Fact]
    [Trait("Acceptance", "TestACLGroupWithUnknownUser")]
    [Trait("Acceptance", "TestACLGroupAfterUserDeletion")]
    [Trait("Acceptance", "TestACLGroupDeletionExactReproduction")]
    [Trait("Acceptance", "TestACLDynamicUnknownUserAddition")]
    [Trait("Acceptance", "TestACLDynamicUnknownUserRemoval")]
    public async Task Group_UsersWhoAreUnknownOrComeAndGo_OthersKeepTheirAccess()
    {
        var network = await lab.GetAsync();
        var meshctl = network.Mesh.Meshctl;
        await network.SetPolicyAsync(TeamOf("\"alice@\", \"postgres@example.com\""));
        await MembersReachEachOtherAsync(network);

        await network.SetPolicyAsync(TeamOf("\"alice@\", \"nobody@example.com\", \"postgres@example.com\", \"carol@\""));
        await MembersReachEachOtherAsync(network);

        // Carol is known now, and her node is one of the group's.
        await meshctl.CreateUserAsync("carol", Token);
        await network.JoinSpareAsync(await meshctl.CreateKeyAsync("carol", Token));
        await network.ReachesAsync("spare > b2:80 answered");
        await network.ReachesAsync("a1 > spare:80 answered");
        await network.DeleteSpareAsync();
        await meshctl.RunAsync(Token, "users", "destroy", "--name", "carol", "--force");
        await meshctl.CreateUserAsync("dave", Token);
        await MembersReachEachOtherAsync(network);
        await network.SeesAsync("a1", "a2 b1 b2");

        await network.SetPolicyAsync(TeamOf("\"alice@\", \"postgres@example.com\""));
        await MembersReachEachOtherAsync(network);
        await meshctl.RunAsync(Token, "users", "destroy", "--name", "dave", "--force");
    }

    private static string TeamOf(string members) =>
        $$"""{"groups": {"group:team": [{{members}}]}, "acls": [{"action": "accept", "src": ["group:team"], "dst": ["group:team:80"]}]}""";

    private static async Task MembersReachEachOtherAsync(PolicyNetwork network)
    {
        await network.ReachesAsync("a1 > b1:80 answered");
        await network.ReachesAsync("b2 > a2:80 answered");
    }

    private static async Task<IReadOnlyList<(string Role, long Count)>> CountAsync(PolicyNetwork network)
    {
        var counts = new List<(string, long)>();
        foreach (var role in new[] { "a1", "a2", "b1", "b2", "web" })
        {
            counts.Add((role, await network[role].CountMapsAsync(Token)));
        }

        return counts;
    }
}
