using MeshControl.Policy.Access;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Ssh;

/// <summary>What no capture shows; the rest is in the conformance tests.</summary>
public sealed class SshRulesTests
{
    private const string Server = "https://control.example.com/";

    private readonly TestTailnet _tailnet = new TestTailnet()
        .User("alice@example.com")
        .User("bob@example.org")
        .Node("laptop", "alice@example.com")
        .Node("phone", "alice@example.com")
        .Node("desk", "bob@example.org")
        .Node("web", "tag:web")
        .Node("recorder", "tag:recorder")
        .Node("both", "tag:recorder tag:web");

    [Fact]
    public void RulesOf_SelfWithTwoNodes_LetsEachInToTheOther()
    {
        var access = _tailnet.Apply("""{"ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]}]}""");
        Assert.Equal(["laptop phone as root=root"], Rules(access, "laptop"));
        Assert.Equal(["laptop phone as root=root"], Rules(access, "phone"));
        Assert.Equal(["desk as root=root"], Rules(access, "desk"));
        Assert.Equal([], Rules(access, "web"));
    }

    [Fact]
    public void RulesOf_SelfBesideTag_GivesSelfToUsersAndTheTagToItsNodes()
    {
        var access = _tailnet.Apply(
            """{"tagOwners": {"tag:web": []}, "ssh": [{"action": "accept", "src": ["alice@example.com"], "dst": ["tag:web", "autogroup:self"], "users": ["ops"]}]}""");
        Assert.Equal(["laptop phone as ops=ops root="], Rules(access, "phone"));
        Assert.Equal(["laptop phone as ops=ops root="], Rules(access, "web"));
        Assert.Equal([], Rules(access, "desk"));
    }

    [Fact]
    public void RulesOf_LocalPart_LogsEachUserInUnderTheirOwnName()
    {
        var access = _tailnet.Apply(
            """
            {"tagOwners": {"tag:web": [], "tag:recorder": []},
             "ssh": [{"action": "accept", "src": ["autogroup:member", "tag:recorder"], "dst": ["tag:web"], "users": ["localpart:*@example.com", "ops"]}]}
            """);
        Assert.Equal(
            [
                "laptop phone as ops=ops root=",
                "laptop phone as alice=alice",
                "desk as ops=ops root=",
                "recorder both both as ops=ops root=",
            ],
            Rules(access, "web"));

        // Sources that are no destination let in themselves and nobody else.
        Assert.Equal(["phone as ops=ops root=", "phone as alice=alice"], Rules(access, "phone"));
        Assert.Equal(["desk as ops=ops root="], Rules(access, "desk"));
        Assert.Equal(["recorder as ops=ops root="], Rules(access, "recorder"));
    }

    [Fact]
    public void RulesOf_LocalPartOfAUserWhoseAddressChanged_IsTheNewOne()
    {
        var before = _tailnet.Apply("""{"ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["localpart:*@example.com"]}]}""");
        Assert.Equal(["laptop phone as root=", "laptop phone as alice=alice"], Rules(before, "laptop"));

        var (after, change) = before.With(new WorldChange { Users = [_tailnet.Users[0] with { Email = "alice.b@example.com" }] });
        Assert.Equal(["laptop phone as root=", "laptop phone as alice.b=alice.b"], Rules(after, "laptop"));
        Assert.True(change.MayConcern(_tailnet["laptop"].Index));
    }

    [Theory]
    [InlineData("root@example.com")]
    [InlineData("*@example.com")]
    [InlineData("=@example.com")]
    public void RulesOf_LocalPartThatMeansMoreThanAUser_LetsNobodyInByIt(string email)
    {
        var before = _tailnet.Apply("""{"ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["localpart:*@example.com"]}]}""");

        var (after, _) = before.With(new WorldChange { Users = [_tailnet.Users[0] with { Email = email }] });

        Assert.Equal(["laptop phone as root="], Rules(after, "laptop"));
    }

    [Fact]
    public void RulesOf_CheckAfterAccept_ComesFirstAndAsksTheServer()
    {
        var access = _tailnet.Apply(
            """
            {"tagOwners": {"tag:web": []}, "ssh": [
              {"action": "accept", "src": ["alice@example.com"], "dst": ["tag:web"], "users": ["ops"]},
              {"action": "check", "src": ["alice@example.com"], "dst": ["tag:web"], "users": ["root"]}]}
            """);
        var rules = access.SshRulesOf(_tailnet["web"].Index, Server);
        Assert.Equal(["root=root", "ops=ops root="], rules.Select(rule => Text(rule.SshUsers!)));
        Assert.Equal(
            "https://control.example.com/machine/ssh/action/$SRC_NODE_ID/to/$DST_NODE_ID?local_user=$LOCAL_USER", rules[0].Action!.HoldAndDelegate);
        Assert.False(rules[0].Action!.Accept);
        Assert.True(rules[1].Action!.Accept);
    }

    [Fact]
    public void RulesOf_Recorders_NamesTheirAddresses()
    {
        var access = _tailnet.Apply(Recorded("\"recorder\": [\"tag:recorder\"]"));
        var action = access.SshRulesOf(_tailnet["desk"].Index, Server).Single().Action!;
        Assert.Equal(
            ["100.64.0.5:80", "[fd7a:115c:a1e0::5]:80", "100.64.0.6:80", "[fd7a:115c:a1e0::6]:80"],
            action.Recorders!.Select(endpoint => endpoint.ToString()));
        Assert.Null(action.OnRecordingFailure);
    }

    [Fact]
    public void RulesOf_EnforcedRecorders_AllowsNoSessionWithoutThem()
    {
        var access = _tailnet.Apply(Recorded("\"recorder\": [\"tag:recorder\"], \"enforceRecorder\": true"));
        var failure = access.SshRulesOf(_tailnet["desk"].Index, Server).Single().Action!.OnRecordingFailure!;
        Assert.False(string.IsNullOrEmpty(failure.RejectSessionWithMessage));
        Assert.False(string.IsNullOrEmpty(failure.TerminateSessionWithMessage));
    }

    [Fact]
    public void RulesOf_RecorderThatGoes_IsNamedNoMore()
    {
        var before = _tailnet.Apply(Recorded("\"recorder\": [\"tag:recorder\"]"));
        Assert.Equal(4, before.SshRulesOf(_tailnet["desk"].Index, Server).Single().Action!.Recorders!.Count);

        var (after, change) = before.With(new WorldChange { RemovedNodes = [_tailnet["both"].Index] });
        Assert.Equal(2, after.SshRulesOf(_tailnet["desk"].Index, Server).Single().Action!.Recorders!.Count);
        Assert.True(change.MayConcern(_tailnet["desk"].Index));
    }

    [Fact]
    public void RulesOf_NodesThatHaveTheSameRules_ShareThem()
    {
        var access = _tailnet.Apply("""{"tagOwners": {"tag:web": []}, "ssh": [{"action": "accept", "src": ["alice@example.com"], "dst": ["tag:web"], "users": ["ops"]}]}""");
        Assert.Same(
            access.SshRulesOf(_tailnet["web"].Index, Server).Single(), access.SshRulesOf(_tailnet["both"].Index, Server).Single());
    }

    [Fact]
    public void RulesOf_ChangeElsewhere_KeepsTheVeryRules()
    {
        var before = _tailnet.Apply("""{"tagOwners": {"tag:web": []}, "ssh": [{"action": "accept", "src": ["alice@example.com"], "dst": ["tag:web"], "users": ["ops"]}]}""");
        var rule = before.SshRulesOf(_tailnet["web"].Index, Server).Single();
        var (after, change) = before.With(new WorldChange { RemovedNodes = [_tailnet["desk"].Index] });
        Assert.Same(rule, after.SshRulesOf(_tailnet["web"].Index, Server).Single());
        Assert.False(change.MayConcern(_tailnet["phone"].Index));
    }

    [Fact]
    public void MayConcern_FurtherNodeOfOneUser_IsNoNewsToOthersWhoHaveTheSameRule()
    {
        var before = _tailnet.Apply("""{"acls": [], "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]}]}""");
        var (after, change) = before.With(new WorldChange { RemovedNodes = [_tailnet["phone"].Index] });
        Assert.Equal(["laptop as root=root"], Rules(after, "laptop"));
        Assert.True(change.MayConcern(_tailnet["laptop"].Index));
        Assert.False(change.MayConcern(_tailnet["desk"].Index));
    }

    [Fact]
    public void RulesOf_SourceWithPosture_LetsInDevicesThatHaveIt()
    {
        _tailnet.Attribute("laptop", "node:os", "\"macos\"").Attribute("phone", "node:os", "\"ios\"");
        var access = _tailnet.Apply(
            """
            {"postures": {"posture:mac": ["node:os == 'macos'"]},
             "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"], "srcPosture": ["posture:mac"]}]}
            """);
        Assert.Equal(["laptop as root=root"], Rules(access, "phone"));
        Assert.Equal([], Rules(access, "desk"));
    }

    [Fact]
    public void RulesOf_GroupsAndRoles_AreThePeopleInThem()
    {
        var tailnet = new TestTailnet()
            .User("alice@example.com", UserRole.Admin).User("bob@example.com").User("carol@example.com", UserRole.Owner)
            .Node("laptop", "alice@example.com").Node("desk", "bob@example.com").Node("tower", "carol@example.com").Node("web", "tag:web");
        var access = tailnet.Apply(
            """
            {"groups": {"group:ops": ["bob@example.com", "carol@example.com"]}, "tagOwners": {"tag:web": []}, "ssh": [
              {"action": "accept", "src": ["group:ops"], "dst": ["tag:web"], "users": ["ops"]},
              {"action": "accept", "src": ["autogroup:admin"], "dst": ["tag:web"], "users": ["root"]}]}
            """);
        Assert.Equal(
            ["desk tower as ops=ops root=", "laptop tower as root=root"],
            access.SshRulesOf(tailnet["web"].Index, Server).Select(rule => Text(rule, tailnet)));
    }

    private static string Recorded(string members) =>
        """{"tagOwners": {"tag:recorder": []}, "ssh": [{"action": "accept", "src": ["bob@example.org"], "dst": ["autogroup:self"], "users": ["root"], """ + members + "}]}";

    private IEnumerable<string> Rules(AccessMap access, string node) =>
        access.SshRulesOf(_tailnet[node].Index, Server).Select(rule => Text(rule, _tailnet));

    private static string Text(SshRule rule, TestTailnet tailnet)
    {
        var nodes = rule.Principals!.Select(principal => tailnet.NameOf(principal.NodeIp!)).ToArray();

        // Both addresses of each node, one after the other.
        Assert.Equal(nodes.Where((_, index) => index % 2 == 0), nodes.Where((_, index) => index % 2 == 1));
        return $"{string.Join(' ', nodes.Where((_, index) => index % 2 == 0))} as {Text(rule.SshUsers!)}";
    }

    private static string Text(WireMap<string, string> users) => string.Join(' ', users.Select(user => $"{user.Key}={user.Value}"));
}
