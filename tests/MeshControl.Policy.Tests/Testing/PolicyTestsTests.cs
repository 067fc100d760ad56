using MeshControl.Policy.Testing;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Testing;

/// <summary>What no capture shows; the rest is in the conformance tests.</summary>
public sealed class PolicyTestsTests
{
    private readonly TestTailnet _tailnet = new TestTailnet()
        .User("alice@example.com", UserRole.Admin)
        .User("bob@example.com")
        .User("nobody@example.com")
        .Node("laptop", "alice@example.com")
        .Node("phone", "alice@example.com")
        .Node("desk", "bob@example.com")
        .Node("web", "tag:web")
        .Node("db", "tag:db");

    [Fact]
    public void FirstFailure_NoTests_IsNone() => Assert.Null(PolicyTests.FirstFailure(_tailnet.Apply("{}")));

    [Theory]
    // Names of every kind.
    [InlineData("acls", "tag:web → tag:db:5432", "tag:web → tag:db:5432", true)]
    [InlineData("acls", "group:ops → tag:db:5432", "bob@example.com → tag:db:5432", true)]
    [InlineData("acls", "group:ops → tag:db:5432", "alice@example.com → tag:db:5432", false)]
    [InlineData("acls", "autogroup:admin → tag:db:5432", "alice@example.com → tag:db:5432", true)]
    [InlineData("acls", "autogroup:member → tag:db:5432", "autogroup:admin → tag:db:5432", true)]
    [InlineData("acls", "autogroup:admin → tag:db:5432", "autogroup:member → tag:db:5432", false)]
    [InlineData("acls", "user:*@example.com → tag:db:5432", "group:ops → tag:db:5432", true)]
    [InlineData("acls", "* → tag:db:5432", "* → tag:db:5432", true)]
    [InlineData("acls", "autogroup:member → tag:db:5432", "* → tag:db:5432", false)]
    [InlineData("acls", "* → *:*", "tag:web → web:22", true)]
    [InlineData("acls", "* → *:*", "10.1.2.3 → tag:db:22", false)]
    [InlineData("acls", "autogroup:danger-all → *:*", "10.1.2.3 → tag:db:22", true)]
    [InlineData("acls", "10.1.0.0/16 → tag:db:22", "10.1.2.3 → tag:db:22", true)]
    // A source that is known but has no node is no source.
    [InlineData("acls", "* → *:*", "nobody@example.com → tag:db:22", false)]
    [InlineData("acls", "* → *:*", "group:none → tag:db:22", false)]
    // A literal address is one address; a node has two.
    [InlineData("acls", "100.64.0.4 → tag:db:22", "100.64.0.4 → tag:db:22", true)]
    [InlineData("acls", "100.64.0.4 → tag:db:22", "tag:web → tag:db:22", false)]
    [InlineData("acls", "tag:web → tag:db:22", "100.64.0.4 → tag:db:22", true)]
    [InlineData("acls", "tag:web → tag:db:22", "fd7a:115c:a1e0::4 → [fd7a:115c:a1e0::5]:22", true)]
    // Protocols.
    [InlineData("acls", "tag:web → tag:db:53 udp", "tag:web → tag:db:53", true)]
    [InlineData("acls", "tag:web → tag:db:53 udp", "tag:web → tag:db:53 tcp", false)]
    [InlineData("acls", "tag:web → tag:db:53 sctp", "tag:web → tag:db:53", false)]
    [InlineData("acls", "tag:web → tag:db:53", "tag:web → tag:db:53 sctp", true)]
    [InlineData("acls", "tag:web → tag:db:53", "tag:web → tag:db:53 gre", false)]
    // autogroup:self: the nodes of whoever asks.
    [InlineData("acls", "autogroup:member → autogroup:self:22", "alice@example.com → phone:22", true)]
    [InlineData("acls", "autogroup:member → autogroup:self:22", "alice@example.com → desk:22", false)]
    [InlineData("acls", "autogroup:member → autogroup:self:22", "alice@example.com → autogroup:self:22", true)]
    [InlineData("acls", "autogroup:member → autogroup:self:22", "autogroup:member → autogroup:self:22", true)]
    [InlineData("acls", "autogroup:member → autogroup:self:22", "tag:web → autogroup:self:22", false)]
    // The Internet is what is public.
    [InlineData("acls", "tag:web → autogroup:internet:443", "tag:web → 8.8.8.8:443", true)]
    [InlineData("acls", "tag:web → autogroup:internet:443", "tag:web → 10.1.2.3:443", false)]
    // Not one host, not one port.
    [InlineData("acls", "* → *:*", "tag:web → *:22", false)]
    [InlineData("acls", "* → *:*", "tag:web → wide:22", false)]
    [InlineData("acls", "* → *:*", "tag:web → tag:db:0", false)]
    [InlineData("acls", "* → *:*", "tag:web → tag:db", false)]
    [InlineData("acls", "* → *:*", "tag:web → nobody@example.com:22", false)]
    // Grants count, unless they go through routers.
    [InlineData("grants", "{'src': ['tag:web'], 'dst': ['tag:db'], 'ip': ['tcp:5432']}", "tag:web → tag:db:5432", true)]
    [InlineData("grants", "{'src': ['tag:web'], 'dst': ['10.9.0.0/16'], 'ip': ['*'], 'via': ['tag:db']}", "tag:web → 10.9.0.1:80", false)]
    [InlineData("grants", "{'src': ['tag:web'], 'dst': ['tag:db'], 'app': {'example.com/cap': []}}", "tag:web → tag:db:80", false)]
    public void FirstFailure_AcceptedDestination_NeedsARuleThatLetsItIn(string section, string rule, string test, bool passes)
    {
        var access = _tailnet.Apply(Policy(section, rule, Test(test, "accept")));
        Assert.Equal(passes ? null : "test(s) failed", PolicyTests.FirstFailure(access)?.Message);
    }

    [Theory]
    [InlineData("tag:web → tag:db:5432", "tag:web → tag:db:22", true)]
    [InlineData("tag:web → tag:db:5432", "tag:web → tag:db:5432", false)]
    // One way in is one too many, however many of the source's addresses are kept out.
    [InlineData("100.64.0.1 → tag:db:22", "alice@example.com → tag:db:22", false)]
    [InlineData("100.64.0.1 → tag:db:22", "bob@example.com → tag:db:22", true)]
    public void FirstFailure_DeniedDestination_MayBeReachedByNoAddress(string rule, string test, bool passes)
    {
        var access = _tailnet.Apply(Policy("acls", rule, Test(test, "deny")));
        Assert.Equal(passes ? null : "test(s) failed", PolicyTests.FirstFailure(access)?.Message);
    }

    [Fact]
    public void FirstFailure_EmptyProto_IsNone()
    {
        var access = _tailnet.Apply("""
            {"tagOwners": {"tag:web": [], "tag:db": []}, "acls": [{"action": "accept", "proto": "", "src": ["tag:web"], "dst": ["tag:db:22"]}],
             "tests": [{"src": "tag:web", "proto": "", "accept": ["tag:db:22"]}]}
            """);
        Assert.Null(PolicyTests.FirstFailure(access));
    }

    [Fact]
    public void FirstFailure_SeveralFailures_AreAllTold()
    {
        var error = PolicyTests.FirstFailure(_tailnet.Apply(
            """
            {"tagOwners": {"tag:web": [], "tag:db": []},
             "acls": [{"action": "accept", "src": ["tag:web"], "dst": ["tag:db:5432"]}],
             "tests": [
               {"src": "tag:web", "accept": ["tag:db:5432", "tag:db:22"]},
               {"src": "tag:web", "deny": ["tag:db:5432"], "proto": "tcp"},
               {"src": "elsewhere", "accept": ["tag:db:22"]}]}
            """));
        Assert.Equal("test(s) failed", error!.Message);
        Assert.Equal(
            [
                "tests[0] (line 4): tag:web cannot reach tag:db:22: no rule lets 100.64.0.4 in.",
                "tests[1] (line 5): tag:web can reach tag:db:5432 by tcp: acls[0] (line 2) lets 100.64.0.4 in.",
                "tests[2] (line 6): The src elsewhere is nothing that the policy knows.",
            ],
            error.Details!);
    }

    [Theory]
    [InlineData("{'node:os': 'macos'}", true)]
    [InlineData("{'node:os': 'linux'}", false)]
    [InlineData("{}", false)]
    public void FirstFailure_Posture_IsThatOfTheTestAlone(string attributes, bool passes)
    {
        // What the nodes report of themselves today does not matter.
        var reported = passes ? "\"linux\"" : "\"macos\"";
        _tailnet.Attribute("laptop", "node:os", reported).Attribute("phone", "node:os", reported);
        var access = _tailnet.Apply("""
            {"tagOwners": {"tag:db": []}, "postures": {"posture:mac": ["node:os == 'macos'"]},
             "acls": [{"action": "accept", "src": ["alice@example.com"], "dst": ["tag:db:22"], "srcPosture": ["posture:mac"]}],
             "tests": [{"src": "alice@example.com", "accept": ["tag:db:22"], "srcPostureAttrs": ATTRIBUTES}]}
            """.Replace("ATTRIBUTES", attributes.Replace('\'', '"'), StringComparison.Ordinal));
        Assert.Equal(passes, PolicyTests.FirstFailure(access) is null);
    }

    [Theory]
    // Any node of the source, on any node of the destination.
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['tag:web'], 'accept': ['ops']", true)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'autogroup:member', 'dst': ['tag:web'], 'accept': ['ops']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['tag:web', 'tag:db'], 'accept': ['ops']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': '100.64.0.1', 'dst': ['100.64.0.4', 'web'], 'accept': ['ops']", true)]
    // A check is good enough for a test that asks for acceptance, but not the other way round.
    [InlineData("check", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['tag:web'], 'accept': ['ops'], 'check': ['ops']", true)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['tag:web'], 'check': ['ops']", false)]
    // Everybody is not root.
    [InlineData("accept", "alice@example.com", "tag:web", "autogroup:nonroot", "'src': 'alice@example.com', 'dst': ['tag:web'], 'accept': ['eve'], 'deny': ['root']", true)]
    [InlineData("accept", "alice@example.com", "tag:web", "localpart:*@example.com", "'src': 'alice@example.com', 'dst': ['tag:web'], 'accept': ['alice'], 'deny': ['bob']", true)]
    [InlineData("accept", "autogroup:member", "autogroup:self", "root", "'src': 'alice@example.com', 'dst': ['alice@example.com'], 'accept': ['root']", true)]
    [InlineData("accept", "autogroup:member", "autogroup:self", "root", "'src': 'alice@example.com', 'dst': ['bob@example.com'], 'deny': ['root']", true)]
    // By local parts nobody gets in to the other node of the same user.
    [InlineData("accept", "alice@example.com", "tag:web", "localpart:*@example.com", "'src': '100.64.0.1', 'dst': ['phone'], 'deny': ['alice', 'root']", true)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['tag:web']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'nobody@example.com', 'dst': ['tag:web'], 'deny': ['ops']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': ['nobody@example.com'], 'deny': ['ops']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': 'alice@example.com', 'dst': [], 'deny': ['ops']", false)]
    [InlineData("accept", "alice@example.com", "tag:web", "ops", "'src': '10.1.2.3', 'dst': ['tag:web'], 'deny': ['ops']", false)]
    public void FirstFailure_SshTest_AsksAsClientsDo(string action, string source, string destination, string user, string test, bool passes)
    {
        var access = _tailnet.Apply(
            """
            {"tagOwners": {"tag:web": [], "tag:db": []}, "hosts": {"web": "100.64.0.4", "phone": "100.64.0.2"},
             "ssh": [{"action": "ACTION", "src": ["SOURCE"], "dst": ["DESTINATION"], "users": ["USER"]}], "sshTests": [{TEST}]}
            """
                .Replace("ACTION", action, StringComparison.Ordinal).Replace("SOURCE", source, StringComparison.Ordinal)
                .Replace("DESTINATION", destination, StringComparison.Ordinal).Replace("USER", user, StringComparison.Ordinal)
                .Replace("TEST", test.Replace('\'', '"'), StringComparison.Ordinal));
        Assert.Equal(passes ? null : "test(s) failed", PolicyTests.FirstFailure(access)?.Message);
    }

    [Fact]
    public void FirstFailure_SshTestThatFails_TellsWhoAndWhere()
    {
        var error = PolicyTests.FirstFailure(_tailnet.Apply(
            """
            {"tagOwners": {"tag:web": []},
             "ssh": [{"action": "accept", "src": ["bob@example.com"], "dst": ["tag:web"], "users": ["ops"]}],
             "sshTests": [{"src": "bob@example.com", "dst": ["tag:web"], "accept": ["root"], "check": ["ops"]}]}
            """));
        Assert.Equal(
            [
                "sshTests[0] (line 3): 100.64.0.3 (of bob@example.com) does not get in to 100.64.0.4 (of tag:web) as root; the test says accept.",
                "sshTests[0] (line 3): 100.64.0.3 (of bob@example.com) gets in to 100.64.0.4 (of tag:web) as ops; the test says check.",
            ],
            error!.Details!.Where(detail => !detail.Contains("fd7a", StringComparison.Ordinal)));
    }

    [Fact]
    public void FirstFailure_SshTestThatFailsForManyPairs_TellsOfOneForEachName()
    {
        var error = PolicyTests.FirstFailure(_tailnet.Apply(
            """
            {"tagOwners": {"tag:web": []},
             "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:web"], "users": ["ops"]}],
             "sshTests": [{"src": "autogroup:member", "dst": ["autogroup:tagged"], "accept": ["ops"], "deny": ["ops"]}]}
            """));
        Assert.Equal(
            [
                "sshTests[0] (line 3): 100.64.0.1 (of autogroup:member) does not get in to 100.64.0.5 (of autogroup:tagged) as ops; the test says accept.",
                "sshTests[0] (line 3): 100.64.0.1 (of autogroup:member) gets in to 100.64.0.4 (of autogroup:tagged) as ops; the test says deny.",
            ],
            error!.Details!);
    }

    /// <summary>A rule is <c>source → destination:ports protocol</c>, or a grant in single quotes.</summary>
    private static string Policy(string section, string rule, string test)
    {
        var entry = rule.Replace('\'', '"');
        if (section == "acls")
        {
            var (source, destination, protocol) = Parts(rule);
            entry = $$"""{"action": "accept", "src": ["{{source}}"], "dst": ["{{destination}}"]{{Member(protocol)}}}""";
        }

        return $$"""
            {"groups": {"group:ops": ["bob@example.com"], "group:none": []}, "tagOwners": {"tag:web": [], "tag:db": []},
             "hosts": {"web": "100.64.0.4", "phone": "100.64.0.2", "desk": "100.64.0.3", "wide": "10.0.0.0/8"},
             "{{section}}": [{{entry}}], "tests": [{{test}}]}
            """;
    }

    private static string Test(string text, string verdict)
    {
        var (source, destination, protocol) = Parts(text);
        return $$"""{"src": "{{source}}", "{{verdict}}": ["{{destination}}"]{{Member(protocol)}}}""";
    }

    private static string Member(string? protocol) => protocol is null ? "" : $", \"proto\": \"{protocol}\"";

    private static (string Source, string Destination, string? Protocol) Parts(string text)
    {
        var sides = text.Split(" → ");
        var words = sides[1].Split(' ');
        return (sides[0], words[0], words.Length > 1 ? words[1] : null);
    }
}
