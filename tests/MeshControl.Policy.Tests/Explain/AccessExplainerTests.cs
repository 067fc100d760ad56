using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Policy.Explain;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Explain;

/// <summary>Which rule lets one reach the other, or what would be needed.</summary>
public sealed class AccessExplainerTests
{
    private const string WebForAda =
        "// web\n\"acls\": [\n  {\"action\": \"accept\", // of course\n   \"src\": [\"ada@example.com\"], \"dst\": [\"tag:web:443\", \"tag:web:80\"]},\n]";

    private readonly ExplainWorld _world = ExplainWorld.Create();

    [Fact]
    public void Explain_Allowed_NamesTheRuleInOneLine()
    {
        var answer = _world.Ask(WebForAda, "laptop", "web-1", 443);

        Assert.Equal(AccessVerdict.Allowed, answer.Verdict);
        var finding = Assert.Single(answer.Findings);
        Assert.Equal(("laptop", "web-1"), (finding.Sources, finding.Destinations));
        Assert.Equal(
            new RuleReference(
                "acls", 4, "{\"action\": \"accept\", \"src\": [\"ada@example.com\"], \"dst\": [\"tag:web:443\", \"tag:web:80\"]}", "port 443"),
            Assert.Single(finding.Rules));
        Assert.Null(answer.SuggestedRule);
    }

    [Fact]
    public void Explain_NotAllowed_SaysWhatWouldBeNeeded()
    {
        var answer = _world.Ask(WebForAda, "desk", "web-1", 443, 6);

        Assert.Equal(AccessVerdict.Denied, answer.Verdict);
        var finding = Assert.Single(answer.Findings);
        Assert.Empty(finding.Rules);
        Assert.Equal(["They do not see each other."], finding.Notes);
        Assert.Equal(
            ("acls", "{\"action\": \"accept\", \"proto\": \"tcp\", \"src\": [\"bob@example.com\"], \"dst\": [\"tag:web:443\"]}"),
            (answer.SuggestedSection, answer.SuggestedRule));
    }

    [Fact]
    public void Explain_OtherDirection_TheySeeEachOtherAllTheSame()
    {
        Assert.Equal(
            ["They see each other all the same: there is a rule for the other direction, or for capabilities."],
            Assert.Single(_world.Ask(WebForAda, "web-1", "laptop").Findings).Notes);
    }

    /// <summary>The rule that it names is one that the policy takes, and that helps.</summary>
    [Theory]
    [InlineData("\"acls\": []", "desk", "web-1", 443, 6)]
    [InlineData("\"acls\": []", "bob", "tag:db", 0, null)]
    [InlineData("\"acls\": []", "tag:web", "10.20.1.1", 22, null)]
    [InlineData("\"acls\": []", "tag:web", "fd7a:115c:a1e0::1", 22, null)]
    [InlineData("\"acls\": []", "laptop", "autogroup:internet", 0, null)]
    [InlineData("\"acls\": []", "laptop", "db", 0, 1)]
    [InlineData("\"grants\": [{\"src\": [\"tag:db\"], \"dst\": [\"tag:web\"], \"ip\": [\"*\"]}]", "desk", "web-1", 443, 17)]
    [InlineData("\"grants\": [{\"src\": [\"tag:db\"], \"dst\": [\"tag:web\"], \"ip\": [\"*\"]}]", "*", "db", 0, 1)]
    public void Explain_SuggestedRule_Helps(string sections, string from, string to, int port, int? protocol)
    {
        var before = _world.Ask(sections, from, to, port, protocol);
        Assert.NotEqual(AccessVerdict.Allowed, before.Verdict);
        var section = $"\"{before.SuggestedSection}\": [";

        var after = _world.Ask(
            sections.Replace(section, section + before.SuggestedRule + ", ", StringComparison.Ordinal).Replace(", ]", "]", StringComparison.Ordinal),
            from, to, port, protocol);

        Assert.Equal((AccessVerdict.Allowed, null), (after.Verdict, after.SuggestedRule));
    }

    [Fact]
    public void Explain_GroupsOfNodes_AreToldApartByWhatHoldsForThem()
    {
        var answer = _world.Ask(WebForAda, "autogroup:member", "tag:web");

        Assert.Equal(AccessVerdict.Partly, answer.Verdict);
        Assert.Equal(
            [("ada@example.com", "tag:web", AccessVerdict.Partly, "ports 80, 443"), ("desk", "tag:web", AccessVerdict.Denied, "")],
            answer.Findings.Select(finding => (finding.Sources, finding.Destinations, finding.Verdict, finding.Rules.FirstOrDefault()?.Allows ?? "")));
    }

    [Fact]
    public void Explain_NoRulesAtAll_EverythingIsAllowed()
    {
        var answer = _world.Ask("\"ssh\": []", "desk", "db");

        Assert.Equal(AccessVerdict.Allowed, answer.Verdict);
        Assert.Equal(["The policy has neither acls nor grants, so everybody may reach everything."], Assert.Single(answer.Findings).Notes);
    }

    [Fact]
    public void Explain_Self_IsForNodesOfTheSameUserOnly()
    {
        const string Self = "\"acls\": [{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": [\"autogroup:self:22\"]}]";

        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Self, "laptop", "phone", 22).Verdict);
        Assert.Equal(AccessVerdict.Denied, _world.Ask(Self, "laptop", "desk", 22).Verdict);
        Assert.Equal(AccessVerdict.Denied, _world.Ask(Self, "laptop", "phone", 23).Verdict);
    }

    [Theory]
    [InlineData("laptop", "phone", "100.64.0.2", "fd7a:115c:a1e0::2", "IPv4", "IPv6")]
    [InlineData("100.64.0.1", "100.64.0.2", "100.64.0.2", "fd7a:115c:a1e0::2", "IPv4", "IPv6")]
    [InlineData("laptop", "fd7a:115c:a1e0::2", "fd7a:115c:a1e0::2", "100.64.0.2", "IPv6", "IPv4")]
    [InlineData("ada@example.com", "v4", "100.64.0.2", "fd7a:115c:a1e0::2", "IPv4", "IPv6")]
    [InlineData("ada@example.com", "100.64.0.0/30", "100.64.0.2", "fd7a:115c:a1e0::2", "IPv4", "IPv6")]
    [InlineData("ada@example.com", "fd7a:115c:a1e0::1-fd7a:115c:a1e0::2", "fd7a:115c:a1e0::2", "100.64.0.2", "IPv6", "IPv4")]
    public void Explain_RuleOfOneAddress_HoldsForThatAlone(string source, string destination, string open, string shut, string by, string notBy)
    {
        destination = destination == "phone" ? open : destination;
        var target = destination.Contains('-', StringComparison.Ordinal) || !destination.Contains(':', StringComparison.Ordinal) ? destination : $"[{destination}]";
        var sections = "\"hosts\": {\"v4\": \"100.64.0.2\"}, \"acls\": [{\"action\": \"accept\", \"src\": [\"" + source + "\"], \"dst\": [\"" + target + ":80\"]}]";
        sections = sections.Replace("\"laptop\"", "\"ada@example.com\"", StringComparison.Ordinal);

        Assert.Equal(AccessVerdict.Allowed, _world.Ask(sections, "laptop", open, 80, 6).Verdict);

        var other = _world.Ask(sections, "laptop", shut, 80, 6);
        Assert.Equal(AccessVerdict.Denied, other.Verdict);
        Assert.Contains($"By {by} it is allowed: the rules for that name addresses.", Assert.Single(other.Findings).Notes);

        var both = _world.Ask(sections, "laptop", "phone", 80, 6);
        Assert.Equal(AccessVerdict.Partly, both.Verdict);
        var (v4, v6) = notBy == "IPv6" ? ("allowed", "not allowed") : ("not allowed", "allowed");
        Assert.Equal([$"By IPv4 it is {v4}, by IPv6 it is {v6}: rules that name addresses hold for those alone."], Assert.Single(both.Findings).Notes);
    }

    [Fact]
    public void Explain_OneAddressOfEachKind_NothingConnectsThem()
    {
        const string Everything = "\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}]";

        var answer = _world.Ask(Everything, "100.64.0.1", "fd7a:115c:a1e0::3");

        Assert.Equal((AccessVerdict.Denied, null), (answer.Verdict, answer.SuggestedRule));
        Assert.Equal(["One address is IPv4 and the other IPv6, so nothing connects the two."], Assert.Single(answer.Findings).Notes);
    }

    [Fact]
    public void Explain_AddressTakenAway_IsNotInUse()
    {
        const string Policy = "\"nodeAttrs\": [{\"target\": [\"100.64.0.3\"], \"attr\": [\"disable-ipv4\"]}], "
            + "\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}]";

        Assert.Equal(["The address is not in use: disable-ipv4 takes it away."], _world.Ask(Policy, "laptop", "100.64.0.3").Findings[0].Notes);
        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Policy, "laptop", "desk").Verdict);
    }

    [Fact]
    public void Explain_Itself_NeedsNoRule()
    {
        var answer = _world.Ask("\"acls\": []", "laptop", "100.64.0.1");

        Assert.Equal((AccessVerdict.Allowed, null), (answer.Verdict, answer.SuggestedRule));
        Assert.Equal(["A node needs no rule to reach itself."], Assert.Single(answer.Findings).Notes);
    }

    [Fact]
    public void Explain_Ping_GoesWithAnyOpenPort()
    {
        var answer = _world.Ask(WebForAda, "laptop", "web-1", protocol: 1);

        Assert.Equal(AccessVerdict.Denied, _world.Ask(WebForAda, "desk", "web-1", protocol: 1).Verdict);
        Assert.Equal(AccessVerdict.Allowed, answer.Verdict);
    }

    [Fact]
    public void Explain_Protocol_OnlyItsOwnRulesCount()
    {
        const string Udp = "\"acls\": [{\"action\": \"accept\", \"proto\": \"udp\", \"src\": [\"*\"], \"dst\": [\"tag:db:53\"]}]";

        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Udp, "desk", "db", 53).Verdict);
        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Udp, "desk", "db", 53, 17).Verdict);
        Assert.Equal(AccessVerdict.Denied, _world.Ask(Udp, "desk", "db", 53, 6).Verdict);
        Assert.Equal("udp 53", _world.Ask(Udp, "desk", "db").Findings[0].Rules[0].Allows);
    }

    [Fact]
    public void Explain_BehindARouter_SaysWhichOne()
    {
        const string Net = "\"acls\": [{\"action\": \"accept\", \"src\": [\"bob@example.com\"], \"dst\": [\"10.20.0.0/16:*\"]}]";

        var answer = _world.Ask(Net, "bob", "10.20.3.4", 80);

        Assert.Equal(AccessVerdict.Allowed, answer.Verdict);
        Assert.Equal(["By way of gw1, which forwards 10.20.0.0/16."], answer.Findings.SelectMany(finding => finding.Notes));
        Assert.Equal(AccessVerdict.Denied, _world.Ask(Net, "ada", "10.20.3.4", 80).Verdict);
    }

    [Fact]
    public void Explain_Via_ShowsTheRouterThatIsMeant()
    {
        const string Via = "\"grants\": [{\"src\": [\"bob@example.com\"], \"dst\": [\"10.20.0.0/16\"], \"ip\": [\"tcp:443\"], \"via\": [\"tag:gw-b\"]}]";

        var answer = _world.Ask(Via, "desk", "10.20.3.4", 443);

        var finding = Assert.Single(answer.Findings);
        Assert.Equal("By way of gw2, which forwards 10.20.0.0/16.", finding.Notes[0]);
        Assert.Equal((AccessVerdict.Allowed, "grants"), (finding.Verdict, Assert.Single(finding.Rules).Section));
    }

    [Fact]
    public void Explain_Internet_GoesByExitNodes()
    {
        const string Internet = "\"acls\": [{\"action\": \"accept\", \"src\": [\"bob@example.com\"], \"dst\": [\"autogroup:internet:*\"]}]";

        Assert.Equal("By way of the exit node exit, if the client uses it.", _world.Ask(Internet, "desk", "autogroup:internet").Findings[0].Notes[0]);
        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Internet, "desk", "8.8.8.8", 53).Verdict);
        Assert.Equal(AccessVerdict.Denied, _world.Ask(Internet, "laptop", "8.8.8.8", 53).Verdict);
        Assert.Equal(["No node forwards to 192.168.9.9: no route to it is approved."], _world.Ask(Internet, "desk", "192.168.9.9").Findings[0].Notes);
    }

    [Fact]
    public void Explain_Port22_SaysWhichSshRulesApply()
    {
        const string Ssh = "\"ssh\": [{\"action\": \"check\", \"src\": [\"ada@example.com\"], \"dst\": [\"tag:web\"], \"users\": [\"root\", \"ops\"]}]";

        var open = _world.Ask("\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}],\n" + Ssh, "laptop", "web-1", 22);
        var shut = _world.Ask("\"acls\": [],\n" + Ssh, "laptop", "web-1", 22);

        Assert.Equal([("acls", "every port"), ("ssh", "Tailscale SSH as root, ops, after a check")], open.Findings[0].Rules.Select(rule => (rule.Section, rule.Allows)));
        Assert.Equal(AccessVerdict.Denied, shut.Verdict);
        Assert.Contains("A rule of ssh says who may log in, but no rule of acls or grants lets the connection through.", shut.Findings[0].Notes);
    }

    [Fact]
    public void Explain_Posture_IsNamedAsTheReason()
    {
        _world.Tailnet.Attribute("phone", "node:os", "\"ios\"").Attribute("laptop", "node:os", "\"macos\"");
        const string Posture =
            "\"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]},\n\"acls\": [\n{\"action\": \"accept\", \"src\": [\"ada@example.com\"], \"dst\": [\"tag:db:*\"], \"srcPosture\": [\"posture:mac\"]}]";

        Assert.Equal(AccessVerdict.Allowed, _world.Ask(Posture, "laptop", "db").Verdict);
        Assert.Contains("The rule in line 4 asks for a posture that the device does not have.", _world.Ask(Posture, "phone", "db").Findings[0].Notes);
    }

    [Fact]
    public void Explain_TagWithoutNodes_SaysSo()
    {
        var map = _world.Tailnet.Apply("{\"tagOwners\": {\"tag:none\": []}, \"acls\": []}");
        var reader = new SubjectReader(map, _world.Names);
        Assert.True(reader.TryRead("laptop", out var source, out _));
        Assert.True(reader.TryRead("tag:none", out var destination, out _));

        var answer = new AccessExplainer(map, PrimaryRoutes.ByRegistration, _world.Names).Explain(new AccessQuestion(source, destination, 0, null));

        Assert.Equal(["There is no node to tag:none."], answer.Findings[0].Notes);
    }

    [Fact]
    public void Explain_RandomPolicies_AgreesWithTheFilters()
    {
        var random = new Random(6);
        var (allowed, partly) = (0, 0);
        for (var round = 0; round < 60; round++)
        {
            var sections = ExplainWorld.RandomSections(random);
            var map = _world.Apply(sections);
            var explainer = new AccessExplainer(map, PrimaryRoutes.ByRegistration, _world.Names);
            foreach (var source in _world.Tailnet.Nodes)
            {
                foreach (var destination in _world.Tailnet.Nodes.Where(node => node != source))
                {
                    var (port, protocol) = (new[] { 22, 80, 8080, 5000 }[random.Next(4)], new[] { 6, 17 }[random.Next(2)]);
                    var rules = map.FilterOf(destination.Index).Rules;
                    var v4 = ExplainWorld.Admits(rules, source.IPv4!, destination.IPv4!, port, protocol);
                    var v6 = ExplainWorld.Admits(rules, source.IPv6!, destination.IPv6!, port, protocol);
                    var answer = explainer.Explain(new AccessQuestion(Only(source), Only(destination), port, protocol));
                    var byV4 = explainer.Explain(new AccessQuestion(Only(source), At(destination, destination.IPv4!), port, protocol));
                    var byV6 = explainer.Explain(new AccessQuestion(At(source, source.IPv6!), Only(destination), port, protocol));

                    var what = $"{_world.Names.Of(source.Index)} to {_world.Names.Of(destination.Index)}:{port} in {sections}";
                    Assert.True((v4, v6) == (byV4.Verdict == AccessVerdict.Allowed, byV6.Verdict == AccessVerdict.Allowed), what);
                    Assert.Equal(v4 && v6 ? AccessVerdict.Allowed : v4 || v6 ? AccessVerdict.Partly : AccessVerdict.Denied, answer.Verdict);
                    Assert.Equal(v4 || v6, answer.Findings[0].Rules.Length > 0);
                    Assert.Equal(v4, byV4.Findings[0].Rules.Length > 0);
                    allowed += v4 ? 1 : 0;
                    partly += v4 != v6 ? 1 : 0;
                }
            }
        }

        Assert.InRange(allowed, 100, 4000);
        Assert.InRange(partly, 20, 4000);

        static Subject Only(PolicyNode node) => new(SubjectKind.Nodes, "", "") { Nodes = [node] };

        static Subject At(PolicyNode node, IPAddress address) => Only(node) with { Prefixes = [IpPrefix.Single(address)] };
    }

    [Fact]
    public void Explain_MoreFindingsThanMaxFindings_AreCounted()
    {
        var tailnet = new TestTailnet().User("ada@example.com").Node("laptop", "ada@example.com");
        var rules = Enumerable.Range(1, AccessExplainer.MaxFindings + 3)
            .Select(number => $$"""{"action": "accept", "src": ["ada@example.com"], "dst": ["tag:t{{number}}:{{number}}"]}""");
        var tags = Enumerable.Range(1, AccessExplainer.MaxFindings + 3).Select(number => $"tag:t{number}").ToArray();
        foreach (var tag in tags)
        {
            tailnet.Node(tag[4..], tag);
        }

        var map = tailnet.Apply(
            $$"""{"tagOwners": { {{string.Join(", ", tags.Select(tag => $"\"{tag}\": []"))}} }, "acls": [{{string.Join(", ", rules)}}]}""");
        var names = new WorldNames(new Dictionary<int, string>());
        var reader = new SubjectReader(map, names);
        Assert.True(reader.TryRead("ada", out var ada, out _));
        Assert.True(reader.TryRead("autogroup:tagged", out var tagged, out _));

        var answer = new AccessExplainer(map, PrimaryRoutes.ByRegistration, names).Explain(new AccessQuestion(ada, tagged, 0, null));

        Assert.Equal((AccessExplainer.MaxFindings, 3), (answer.Findings.Length, answer.MoreFindings));
    }

    [Fact]
    public void Explain_MoreClassesThanMaxClasses_AreLeftOut()
    {
        var tailnet = new TestTailnet().User("ada@example.com").Node("laptop", "ada@example.com");
        var tags = Enumerable.Range(1, AccessExplainer.MaxClasses + 2).Select(number => $"tag:t{number}").ToArray();
        foreach (var tag in tags.Take(250))
        {
            tailnet.Node(tag[4..], tag);
        }

        var rules = tags.Select(tag => $$"""{"action": "accept", "src": ["{{tag}}"], "dst": ["ada@example.com:1"]}""");
        var map = tailnet.Apply(
            $$"""{"tagOwners": { {{string.Join(", ", tags.Select(tag => $"\"{tag}\": []"))}} }, "acls": [{{string.Join(", ", rules)}}]}""");
        var change = new WorldChange
        {
            Nodes = [.. tags.Skip(250).Select((tag, number) => new PolicyNode { Index = 251 + number, Id = 252 + number, Tags = [tag], IPv4 = IPAddress.Parse($"100.64.9.{number}") })],
        };
        map = map.With(change).Map;
        var names = new WorldNames(new Dictionary<int, string>());
        var reader = new SubjectReader(map, names);
        Assert.True(reader.TryRead("autogroup:tagged", out var tagged, out _));
        Assert.True(reader.TryRead("ada", out var ada, out _));

        var answer = new AccessExplainer(map, PrimaryRoutes.ByRegistration, names).Explain(new AccessQuestion(tagged, ada, 1, null));

        Assert.Equal(AccessVerdict.Allowed, answer.Verdict);
        Assert.Equal(AccessExplainer.MaxClasses - AccessExplainer.MaxFindings + 2, answer.MoreFindings);
    }
}
