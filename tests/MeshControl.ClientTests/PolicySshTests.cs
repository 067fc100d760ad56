using System.Text.Json;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Policies;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Who may log in where as whom: asked of the clients' own SSH server, with the system's SSH client.</summary>
[Collection(nameof(PolicyLab))]
public sealed class PolicySshTests(PolicyLab lab)
{
    /// <summary>What clients say to whom they do not let in: the oldest, and those after it.</summary>
    private static readonly string[] Refusals = ["Permission denied (tailscale)", "tailnet policy does not permit you to SSH"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Acceptance", "TestSSHNoSSHConfigured")]
    [InlineData("", "root a1 > a2 denied", "root a1 > b1 denied", "root a1 > web denied")]
    [Trait("Acceptance", "TestSSHOneUserToAll")]
    [InlineData(
        """{"action": "accept", "src": ["group:one"], "dst": ["autogroup:self", "tag:web"], "users": ["root"]}""",
        "root a1 > a2 ok", "root a2 > web ok", "postgres a1 > a2 denied", "root b1 > web denied", "root b1 > b2 denied", "root a1 > b1 denied")]
    [Trait("Acceptance", "TestSSHMultipleUsersAllToAll")]
    [Trait("Acceptance", "TestSSHAutogroupSelf")]
    [InlineData(
        """{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot"]}""",
        "postgres a1 > a2 ok", "postgres b2 > b1 ok", "root a1 > a2 denied", "postgres a1 > b1 denied", "postgres web > a1 denied", "postgres a1 > web denied")]
    [Trait("Acceptance", "TestSSHUserOnlyIsolation")]
    [InlineData(
        """
        {"action": "accept", "src": ["group:one"], "dst": ["autogroup:self"], "users": ["root"]},
        {"action": "accept", "src": ["group:two"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot", "root"]}
        """,
        "root a2 > a1 ok", "root b1 > b2 ok", "postgres b2 > b1 ok", "postgres a1 > a2 denied", "root a1 > b1 denied", "root b1 > a1 denied")]
    [Trait("Acceptance", "TestSSHLocalpart")]
    [InlineData(
        """{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:web"], "users": ["localpart:*@example.com"]}""",
        "postgres b1 > web ok", "postgres b2 > web ok", "root b1 > web denied", "postgres a1 > web denied")]
    [InlineData(
        """{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["localpart:*@example.com", "root"]}""",
        "postgres b1 > b2 ok", "root b1 > b2 ok", "root a1 > a2 ok", "postgres a1 > a2 denied", "postgres b1 > a1 denied")]
    public async Task Set_Rules_LetIn(string rules, params string[] lines)
    {
        var network = await lab.GetAsync();

        await network.SetPolicyAsync(
            $$"""
            {
              "groups": {"group:one": ["alice@"], "group:two": ["postgres@example.com"]},
              "tagOwners": {"tag:web": ["alice@"]},
              "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
              "ssh": [{{rules}}],
            }
            """);

        foreach (var line in lines)
        {
            var words = line.Split([' ', '>'], StringSplitOptions.RemoveEmptyEntries);
            await LogInAsync(network[words[1]], network[words[2]], words[0], isAllowed: words[3] == "ok");
        }
    }

    [Fact]
    [Trait("Acceptance", "TestSSHIsBlockedInACL")]
    public async Task Set_RuleWithoutAWayThere_NobodyGetsToTheServer()
    {
        var network = await lab.GetAsync();

        await network.SetPolicyAsync(
            """
            {
              "acls": [{"action": "accept", "src": ["*"], "dst": ["*:80"]}],
              "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]}],
            }
            """);

        await network.ReachesAsync("a1 > a2:22 refused");
    }

    [Fact]
    public async Task Set_RuleThatAsksForACheck_TellsTheServerWhomToAsk()
    {
        var network = await lab.GetAsync();

        await network.SetPolicyAsync(
            """
            {
              "tagOwners": {"tag:web": ["alice@"]},
              "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
              "ssh": [
                {"action": "accept", "src": ["alice@"], "dst": ["tag:web"], "users": ["postgres"], "acceptEnv": ["LC_*"]},
                {"action": "check", "src": ["alice@"], "dst": ["tag:web"], "users": ["root"], "checkPeriod": "1h"},
              ],
            }
            """);

        using var netmap = JsonDocument.Parse((await network["web"].RunAsync(Token, "debug", "netmap")).OrThrow().Output);
        var rules = netmap.RootElement.GetProperty("SSHPolicy").GetProperty("rules");
        Assert.Equal(2, rules.GetArrayLength());
        Assert.Equal(
            $"https://{network.Mesh.Url.Authority}/machine/ssh/action/$SRC_NODE_ID/to/$DST_NODE_ID?local_user=$LOCAL_USER",
            rules[0].GetProperty("action").GetProperty("holdAndDelegate").GetString());
        Assert.Equal("root", rules[0].GetProperty("sshUsers").GetProperty("root").GetString());
        Assert.True(rules[1].GetProperty("action").GetProperty("accept").GetBoolean());
        Assert.Equal("LC_*", rules[1].GetProperty("acceptEnv")[0].GetString());
        await LogInAsync(network["a1"], network["web"], "postgres", isAllowed: true);
    }

    private static Task LogInAsync(RealClient from, RealClient to, string user, bool isAllowed) => Eventually.GetAsync(
        $"a login from {from.Name} as {user} to {to.Name} to be {(isAllowed ? "granted" : "denied")}",
        token => from.RunAsync(token, "ssh", $"{user}@{to.Name}", "id", "-un"),
        result => isAllowed
            ? result.Succeeded && result.Output.Trim() == user
            : !result.Succeeded && Refusals.Any(refusal => result.Text.Contains(refusal, StringComparison.Ordinal)));
}
