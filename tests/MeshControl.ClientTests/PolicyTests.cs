using MeshControl.ClientTests.Policies;

namespace MeshControl.ClientTests;

/// <summary>What clients make of policies: whom they see, whom they reach, and whom they refuse.</summary>
[Collection(nameof(PolicyLab))]
public sealed class PolicyTests(PolicyLab lab)
{
    private const string Everything = """{"src": ["*"], "dst": ["*:*"], "action": "accept"}""";

    [Theory]
    [Trait("Acceptance", "TestACLHostsInNetMapTable")]
    [Trait("Acceptance", "TestACLAutogroupMember")]
    [InlineData(Everything, "a2 b1 b2 web", "a1 b1 b2 web", "a1 a2 b2 web", "a1 a2 b1 b2")]
    [InlineData(
        """
        {"action": "accept", "src": ["alice@"], "dst": ["alice@:*"]}, {"action": "accept", "src": ["postgres@example.com"], "dst": ["postgres@example.com:*"]}
        """,
        "a2", "a1", "b2", "")]
    [InlineData(
        """{"action": "accept", "src": ["alice@", "postgres@example.com"], "dst": ["alice@:22", "postgres@example.com:80"]}""",
        "a2 b1 b2", "a1 b1 b2", "a1 a2 b2", "")]
    [InlineData(
        """
        {"action": "accept", "src": ["alice@"], "dst": ["alice@:*", "postgres@example.com:*"]},
        {"action": "accept", "src": ["postgres@example.com"], "dst": ["postgres@example.com:*"]}
        """,
        "a2 b1 b2", "a1 b1 b2", "a1 a2 b2", "")]
    [InlineData("""{"action": "accept", "src": ["100.64.0.0/10"], "dst": ["0.0.0.0/0:*"]}""", "a2 b1 b2 web", "a1 b1 b2 web", "a1 a2 b2 web", "a1 a2 b1 b2")]
    [InlineData("""{"action": "accept", "src": ["fd7a:115c:a1e0::/48"], "dst": ["fd7a:115c:a1e0::/48:443"]}""", "a2 b1 b2 web", "a1 b1 b2 web", "a1 a2 b2 web", "a1 a2 b1 b2")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:member:*"]}""", "a2 b1 b2", "a1 b1 b2", "a1 a2 b2", "")]
    [InlineData("""{"action": "accept", "src": ["autogroup:tagged"], "dst": ["autogroup:tagged:*"]}""", "", "", "", "")]
    public async Task Set_Rules_ShowWhoMayTalkWithWhom(string rules, string a1, string a2, string b1, string web)
    {
        var network = await lab.GetAsync();

        await network.SetPolicyAsync($$"""{"tagOwners": {"tag:web": ["alice@"]}, "acls": [{{rules}}] }""");

        await network.SeesAsync("a1", a1);
        await network.SeesAsync("a2", a2);
        await network.SeesAsync("b1", b1);
        await network.SeesAsync("b2", b1.Replace("b2", "b1", StringComparison.Ordinal));
        await network.SeesAsync("web", web);
    }

    [Theory]
    [Trait("Acceptance", "TestACLAllowUser80Dst")]
    [InlineData(
        """{"action": "accept", "src": ["alice@"], "dst": ["postgres@example.com:80"]}""",
        "a1 > b1:80 answered", "a2 > b2:80 answered", "a1 > b1:81 refused", "b1 > a1:80 refused", "a1 > a2:80 unseen")]
    [Trait("Acceptance", "TestACLAllowUserDst")]
    [InlineData(
        """{"action": "accept", "src": ["alice@"], "dst": ["postgres@example.com:*"]}""",
        "a1 > b1:80 answered", "a2 > b2:81 answered", "b2 > a2:80 refused")]
    [Trait("Acceptance", "TestACLAllowStarDst")]
    [InlineData(
        """{"action": "accept", "src": ["alice@"], "dst": ["*:*"]}""",
        "a1 > b1:80 answered", "a2 > a1:80 answered", "a2 > web:80 answered", "b1 > a1:80 refused", "b1 > b2:80 unseen")]
    [Trait("Acceptance", "TestACLDenyAllPort80")]
    [InlineData(
        """{"action": "accept", "src": ["group:all"], "dst": ["*:22", "*:443"]}""",
        "a1 > b1:80 refused", "b1 > a1:80 refused", "b2 > a2:80 refused", "a1 > web:443 answered")]
    [Trait("Acceptance", "TestACLNamedHostsCanReachBySubnet")]
    [InlineData("""{"action": "accept", "src": ["net"], "dst": ["net:*"]}""", "a1 > b1:80 answered", "b1 > a1:80 answered", "a1 > b1v6:80 refused")]
    [Trait("Acceptance", "TestACLNamedHostsCanReach")]
    [InlineData(
        """{"action": "accept", "src": ["one", "two"], "dst": ["three:*"]}, {"action": "accept", "src": ["one"], "dst": ["two:*"]}""",
        "a1 > web:80 answered", "b1 > web:80 answered", "a1 > b1:80 answered", "web > a1:80 refused", "b1 > a1:80 refused", "a1 > webv6:80 refused")]
    [Trait("Acceptance", "TestACLDevice1CanAccessDevice2")]
    [InlineData("""{"action": "accept", "src": ["$a1"], "dst": ["$b1:*"]}""", "a1 > b1:80 answered", "b1 > a1:80 refused", "a1 > b1v6:80 refused")]
    [InlineData("""{"action": "accept", "src": ["$a1v6"], "dst": ["$b1v6:*"]}""", "a1 > b1v6:80 answered", "b1 > a1v6:80 refused", "a1 > b1:80 refused")]
    [InlineData("""{"action": "accept", "src": ["one"], "dst": ["two:*"]}""", "a1 > b1:80 answered", "b1 > a1:80 refused")]
    [InlineData("""{"action": "accept", "src": ["one6"], "dst": ["two6:*"]}""", "a1 > b1v6:80 answered", "b1 > a1v6:80 refused")]
    [InlineData("""{"action": "accept", "src": ["group:one"], "dst": ["group:two:*"]}""", "a1 > b1:80 answered", "b1 > a1:80 refused")]
    [Trait("Acceptance", "TestACLAutogroupSelf")]
    [InlineData(
        """
        {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}, {"action": "accept", "src": ["group:all"], "dst": ["tag:web:80"]}
        """,
        "a1 > a2:80 answered", "b2 > b1:80 answered", "a1 > web:80 answered", "b1 > web:80 answered", "a1 > b1:80 unseen", "b1 > web:81 refused")]
    public async Task Set_Rules_ConnectWhatTheyAllowAndTheOtherClientRefusesTheRest(string rules, params string[] lines)
    {
        var network = await lab.GetAsync();

        await network.SetPolicyAsync(
            $$"""
            {
              "groups": {"group:all": ["alice@", "postgres@example.com"], "group:one": ["alice@"], "group:two": ["postgres@example.com"]},
              "hosts": {
                "net": "100.64.0.0/10", "one": "$a1/32", "two": "$b1/32", "three": "$web/32", "one6": "$a1v6/128", "two6": "$b1v6/128"
              },
              "tagOwners": {"tag:web": ["alice@"]},
              "acls": [{{rules}}],
            }
            """);

        foreach (var line in lines)
        {
            await network.ReachesAsync(line);
        }
    }

    [Fact]
    public async Task Explain_PairsAndPorts_AgreesWithTheFilterThatTheClientHas()
    {
        int[] ports = [22, 80, 5432];
        var network = await lab.GetAsync();
        await network.SetPolicyAsync(
            """
            {
              "tagOwners": {"tag:web": ["alice@"]},
              "grants": [{"src": ["tag:web"], "dst": ["postgres@example.com"], "ip": ["tcp:5400-5499", "udp:80"]}],
              "acls": [
                {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:22", "tag:web:80"]},
                {"action": "accept", "proto": "tcp", "src": ["alice@"], "dst": ["*:80"]},
              ],
            }
            """);

        foreach (var to in new[] { "a2", "b1", "web" })
        {
            var filter = await network[to].FilterAsync(TestContext.Current.CancellationToken);
            string[] others = to == "web" ? ["a1", "b2"] : ["a1", "b2", "web"];
            foreach (var (from, port) in others.SelectMany(from => ports.Select(port => (from, port))))
            {
                var verdict = filter.AllowsTcp(network.Address(from), network.Address(to), port) ? "allowed" : "denied";
                Assert.Equal($"{from} > {to}:{port} {verdict}", $"{from} > {to}:{port} {await network.ExplainAsync(from, network.Address(to), port)}");
            }
        }
    }
}
