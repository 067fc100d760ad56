using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Policy.Explain;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Explain;

/// <summary>A small tailnet with names, and questions about it.</summary>
internal sealed class ExplainWorld
{
    private ExplainWorld(TestTailnet tailnet, IReadOnlyList<string> names)
    {
        Tailnet = tailnet;
        Names = new WorldNames(names.ToDictionary(name => tailnet[name].Index, name => name));
    }

    public TestTailnet Tailnet { get; }

    public WorldNames Names { get; }

    /// <summary>Ada's laptop and phone, Bob's desk, two tagged web servers, a database, two routers of one network, and an exit node.</summary>
    public static ExplainWorld Create()
    {
        var tailnet = new TestTailnet()
            .User("ada@example.com", UserRole.Admin).User("bob@example.com")
            .Node("laptop", "ada@example.com").Node("phone", "ada@example.com").Node("desk", "bob@example.com")
            .Node("web-1", "tag:web").Node("web-2", "tag:web").Node("db", "tag:db")
            .Node("gw1", "tag:gw", "10.20.0.0/16", "10.20.0.0/16").Node("gw2", "tag:gw tag:gw-b", "10.20.0.0/16", "10.20.0.0/16")
            .Node("exit", "tag:exit", "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0");
        return new ExplainWorld(tailnet, ["laptop", "phone", "desk", "web-1", "web-2", "db", "gw1", "gw2", "exit"]);
    }

    /// <summary>With the tags' owners, which every policy here needs.</summary>
    public static string Policy(string sections) =>
        "{\"tagOwners\": {\"tag:web\": [], \"tag:db\": [], \"tag:gw\": [], \"tag:gw-b\": [], \"tag:exit\": []},\n" + sections + "}";

    public AccessMap Apply(string sections) => Tailnet.Apply(Policy(sections));

    public AccessExplanation Ask(string sections, string from, string to, int port = 0, int? protocol = null)
    {
        var map = Apply(sections);
        var reader = new SubjectReader(map, Names);
        Assert.True(reader.TryRead(from, out var source, out var problem), problem);
        Assert.True(reader.TryRead(to, out var destination, out problem), problem);
        return new AccessExplainer(map, PrimaryRoutes.ByRegistration, Names).Explain(new AccessQuestion(source, destination, port, protocol));
    }

    public string Problem(string sections, string name)
    {
        Assert.False(new SubjectReader(Apply(sections), Names).TryRead(name, out _, out var problem));
        return problem;
    }

    public PolicyComparison Compare(string before, string after) =>
        PolicyComparer.Compare(Apply(before), Apply(after), Names, TestContext.Current.CancellationToken);

    /// <summary>Changes in the form in which people read them.</summary>
    public string[] Changes(string before, string after) =>
    [
        .. Compare(before, after).Changes.Select(change =>
            $"{(change.Gained ? '+' : '-')} {change.Kind} {change.Sources}{(change.Destinations.Length > 0 ? $" → {change.Destinations}" : "")}: {change.What}"),
    ];

    /// <summary>What a client does with the filter it was sent, for some address of either, whichever it is.</summary>
    public static bool Admits(WireList<FilterRule> rules, PolicyNode source, PolicyNode destination, int port, int protocol) => rules.Any(rule =>
        Addresses(source).Any(from => Addresses(destination).Any(to => Admits([rule], from, to, port, protocol))));

    private static IEnumerable<IPAddress> Addresses(PolicyNode node) => new[] { node.IPv4, node.IPv6 }.OfType<IPAddress>();

    /// <summary>What a client does with the filter it was sent: by addresses and ports alone, as written.</summary>
    public static bool Admits(WireList<FilterRule> rules, IPAddress source, IPAddress destination, int port, int protocol) => rules.Any(rule =>
        rule.DstPorts is not null
        && (rule.IpProto is null || rule.IpProto.Contains(protocol))
        && rule.SrcIps!.Any(text => Covers(text, source))
        && rule.DstPorts.Any(range => range.Ports.First <= port && port <= range.Ports.Last && Covers(range.Ip, destination)));

    private static bool Covers(string text, IPAddress address)
    {
        if (text == "*")
        {
            return true;
        }

        if (text.Split('-') is [var first, var last])
        {
            return Compare(IPAddress.Parse(first), address) <= 0 && Compare(address, IPAddress.Parse(last)) <= 0;
        }

        return IpPrefix.TryParse(text, out var prefix) ? prefix.Contains(address) : IPAddress.Parse(text).Equals(address);
    }

    /// <summary>Those of other families are neither below nor above.</summary>
    private static int Compare(IPAddress left, IPAddress right) => left.AddressFamily != right.AddressFamily
        ? 1
        : left.GetAddressBytes().AsSpan().SequenceCompareTo(right.GetAddressBytes());

    public static string RandomSections(Random random)
    {
        string[] sources = ["*", "ada@example.com", "bob@example.com", "group:staff", "tag:web", "tag:db", "autogroup:member", "autogroup:tagged", "100.64.0.3", "host", "host6"];
        string[] destinations = ["*", "ada@example.com", "tag:web", "tag:db", "autogroup:member", "autogroup:tagged", "100.64.0.1", "[fd7a:115c:a1e0::1]", "host", "host6", "tag:gw"];
        string[] ports = ["*", "22", "80,443", "8000-9000"];
        string[] protocols = ["", "\"proto\": \"tcp\", ", "\"proto\": \"udp\", "];
        var rules = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5) == 0
            ? $$"""{"action": "accept", "src": ["{{Pick("autogroup:member", "ada@example.com", "*")}}"], "dst": ["autogroup:self:{{Pick(ports)}}"]}"""
            : $$"""{"action": "accept", {{Pick(protocols)}}"src": ["{{Pick(sources)}}", "{{Pick(sources)}}"], "dst": ["{{Pick(destinations)}}:{{Pick(ports)}}"]}""");
        return "\"groups\": {\"group:staff\": [\"ada@example.com\", \"bob@example.com\"]}, \"hosts\": {\"host\": \"100.64.0.2\", \"host6\": \"fd7a:115c:a1e0::2\"},\n\"acls\": ["
            + string.Join(",\n", rules) + "]";

        string Pick(params string[] words) => words[random.Next(words.Length)];
    }
}
