using MeshControl.Policy.Access;
using MeshControl.Policy.Explain;
using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Explain;

/// <summary>Who gains and who loses what.</summary>
public sealed class PolicyComparerTests
{
    private const string All = "\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}]";

    private readonly ExplainWorld _world = ExplainWorld.Create();

    [Fact]
    public void Compare_Same_NothingChanges()
    {
        var comparison = _world.Compare(All, "/* other words */" + All);

        Assert.Equal((0, 0, 0, 9), (comparison.Changes.Length, comparison.MoreChanges, comparison.UpdatedNodes, comparison.TotalNodes));
    }

    [Fact]
    public void Compare_PortForAGroup_IsOneLine()
    {
        const string Groups = "\"groups\": {\"group:staff\": [\"ada@example.com\", \"bob@example.com\"]},";
        const string Before = Groups + "\"acls\": [{\"action\": \"accept\", \"src\": [\"group:staff\"], \"dst\": [\"tag:web:443\"]}]";
        const string After = Groups + "\"acls\": [{\"action\": \"accept\", \"src\": [\"group:staff\"], \"dst\": [\"tag:web:443\", \"tag:web:80\"]}, {\"action\": \"accept\", \"proto\": \"tcp\", \"src\": [\"bob@example.com\"], \"dst\": [\"tag:db:5432\"]}]";

        Assert.Equal(["+ Access autogroup:member → tag:web: port 80", "+ Access desk → db: tcp 5432"], _world.Changes(Before, After));
        Assert.Equal(["- Access autogroup:member → tag:web: port 80", "- Access desk → db: tcp 5432"], _world.Changes(After, Before));

        // The servers' filters change, and Bob's machine and the database come to see each other.
        Assert.Equal(4, _world.Compare(Before, After).UpdatedNodes);
    }

    [Fact]
    public void Compare_GroupsOfEitherPolicy_AreKnown()
    {
        _world.Tailnet.User("eve@example.com").Node("tower", "eve@example.com");
        const string Groups = "\"groups\": {\"group:staff\": [\"ada@example.com\", \"bob@example.com\"]},";
        const string Rule = Groups + "\"acls\": [{\"action\": \"accept\", \"src\": [\"group:staff\"], \"dst\": [\"tag:db:1\"]}]";

        Assert.Equal(["- Access group:staff → db: port 1"], _world.Changes(Rule, "\"acls\": []"));
        Assert.Equal(["+ Access group:staff → db: port 1"], _world.Changes("\"acls\": []", Rule));
    }

    [Fact]
    public void Compare_PortsThatMove_AreNeitherGainedNorLostWhereTheyOverlap()
    {
        Assert.Equal(
            ["- Access ada@example.com → db: ports 8000-8499", "+ Access ada@example.com → db: ports 9001-9500"],
            _world.Changes(Rule("ada@example.com", "tag:db:8000-9000"), Rule("ada@example.com", "tag:db:8500-9500")));
    }

    [Fact]
    public void Compare_Self_IsOneLineForAllUsers()
    {
        Assert.Equal(
            ["+ Access the user's own nodes → ada@example.com: port 22"],
            _world.Changes("\"acls\": []", Rule("autogroup:member", "autogroup:self:22")));
    }

    [Fact]
    public void Compare_Routes_AreNamedWithTheirRouters()
    {
        Assert.Equal(
            ["+ Access desk → 10.20.0.0/16 by way of tag:gw: port 22"],
            _world.Changes(Rule("bob@example.com", "10.20.5.0/24:22"), Rule("bob@example.com", "10.20.0.0/16:22")));
        Assert.Equal(
            ["+ Access desk → the internet by way of exit: every port"],
            _world.Changes("\"acls\": []", Rule("bob@example.com", "autogroup:internet:*")));
    }

    [Fact]
    public void Compare_AddressesAsSources_AreNamed()
    {
        Assert.Equal(["+ Access 10.20.0.0/16 → db: port 1"], _world.Changes("\"acls\": []", Rule("10.20.0.0/16", "tag:db:1")));
    }

    [Fact]
    public void Compare_Ssh_TellsChecksFromNone()
    {
        Assert.Equal(
            ["- Ssh ada@example.com → tag:web: as root", "+ Ssh ada@example.com → tag:web: as ops", "+ Ssh ada@example.com → tag:web: as root, after a check"],
            _world.Changes(
                $"\"ssh\": [{Ssh("accept", "\"root\"")}]", $"\"ssh\": [{Ssh("accept", "\"root\", \"ops\"")}, {Ssh("check", "\"root\"")}]"));

        static string Ssh(string action, string users) =>
            $$"""{"action": "{{action}}", "src": ["ada@example.com"], "dst": ["tag:web"], "users": [{{users}}]}""";
    }

    [Fact]
    public void Compare_AttributesAndApproval_NameTheNodesThemselves()
    {
        const string Before = "\"nodeAttrs\": [{\"target\": [\"tag:web\"], \"attr\": [\"nextdns:1\"]}]";
        const string After = "\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"nextdns:2\"]}], \"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:gw-b\"]}}";

        Assert.Equal(
            ["+ Attribute every node: nextdns:2", "- Attribute tag:web: nextdns:1", "+ Route gw2: 10.20.0.0/16 approved without asking"],
            _world.Changes(Before, After));
        Assert.Equal(9, _world.Compare(Before, After).UpdatedNodes);
    }

    /// <summary>Changes are reported exactly where filters admit other things, and as many nodes as would be told of something.</summary>
    [Fact]
    public void Compare_RandomPolicies_AgreesWithTheFilters()
    {
        var random = new Random(7);
        var different = 0;
        for (var round = 0; round < 150; round++)
        {
            var (before, after) = (ExplainWorld.RandomSections(random), ExplainWorld.RandomSections(random));
            var (old, now) = (_world.Apply(before), _world.Apply(after));

            var comparison = _world.Compare(before, after);

            var (gained, lost) = (Differs(now, old), Differs(old, now));
            Assert.True(gained == comparison.Changes.Any(change => change.Gained && IsBetweenNodes(change)), $"{before} to {after}");
            Assert.True(lost == comparison.Changes.Any(change => !change.Gained && IsBetweenNodes(change)), $"{before} to {after}");
            var updated = _world.Tailnet.Nodes.Count(node => !old.FilterOf(node.Index).Rules.Equals(now.FilterOf(node.Index).Rules)
                || _world.Tailnet.Nodes.Any(other => old.Sees(node.Index, other.Index) != now.Sees(node.Index, other.Index)));
            Assert.InRange(comparison.UpdatedNodes, updated, _world.Tailnet.Nodes.Count());
            different += gained || lost ? 1 : 0;
        }

        Assert.InRange(different, 75, 149);

        static bool IsBetweenNodes(PolicyChange change) => change.Kind == PolicyChangeKind.Access && !change.Destinations.Contains("by way of", StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_MoreThanMaxChanges_AreCounted()
    {
        var tags = Enumerable.Range(1, PolicyComparer.MaxChanges + 5).Select(number => $"tag:t{number}").ToArray();
        var tailnet = new TestTailnet().User("ada@example.com").Node("laptop", "ada@example.com");
        foreach (var tag in tags)
        {
            tailnet.Node(tag[4..], tag);
        }

        var owners = $"\"tagOwners\": {{ {string.Join(", ", tags.Select(tag => $"\"{tag}\": []"))} }}";
        var rules = tags.Select((tag, number) => $$"""{"action": "accept", "src": ["ada@example.com"], "dst": ["{{tag}}:{{number + 1}}"]}""");
        var names = new WorldNames(new Dictionary<int, string>());

        var comparison = PolicyComparer.Compare(
            tailnet.Apply($"{{{owners}, \"acls\": []}}"),
            tailnet.Apply($"{{{owners}, \"acls\": [{string.Join(", ", rules)}]}}"),
            names,
            TestContext.Current.CancellationToken);

        Assert.Equal((PolicyComparer.MaxChanges, 5, tags.Length + 1), (comparison.Changes.Length, comparison.MoreChanges, comparison.UpdatedNodes));
    }

    [Fact]
    public void Compare_MoreThanMaxAddresses_AreLeftOut()
    {
        var addresses = Enumerable.Range(0, PolicyComparer.MaxAddresses + 1).Select(number => $"\"10.{number / 250}.{number % 250}.1\"").ToArray();
        var rule = $"\"acls\": [{{\"action\": \"accept\", \"src\": [{string.Join(", ", addresses)}], \"dst\": [\"tag:db:1\"]}}]";

        var change = Assert.Single(_world.Compare("\"acls\": []", rule).Changes);

        Assert.EndsWith($", {PolicyComparer.MaxAddresses - 3} more addresses", change.Sources, StringComparison.Ordinal);
    }

    private static string Rule(string source, string destination) =>
        $$"""
        "acls": [{"action": "accept", "src": ["{{source}}"], "dst": ["{{destination}}"]}]
        """;

    /// <summary>Whether the one lets something through that the other does not, from node to node.</summary>
    private bool Differs(AccessMap one, AccessMap other)
    {
        var nodes = _world.Tailnet.Nodes.ToArray();
        return (
            from destination in nodes
            let rules = one.FilterOf(destination.Index).Rules
            let others = other.FilterOf(destination.Index).Rules
            from source in nodes
            where source != destination
            from port in new[] { 21, 22, 80, 443, 8000, 9000, 9001 }
            from protocol in new[] { 6, 17 }
            where ExplainWorld.Admits(rules, source, destination, port, protocol) && !ExplainWorld.Admits(others, source, destination, port, protocol)
            select port).Any();
    }
}
