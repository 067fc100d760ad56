namespace MeshControl.Policy.Tests.Properties;

/// <summary>Policies made up from a seed, about the users, tags and addresses of a <see cref="RandomWorld"/>.</summary>
internal sealed class RandomPolicy(Random random)
{
    private static readonly string[] People =
    [
        "user1@example.com", "user2@example.com", "user2@example.org", "user3@", "user5@example.com", "user:*@example.com", "user:*@example.org",
        "group:one", "group:two", "group:none", "autogroup:member", "autogroup:admin", "autogroup:owner",
    ];

    private static readonly string[] Nodes = [.. RandomWorld.Tags, "autogroup:tagged"];

    private static readonly string[] Addresses =
    [
        "100.64.0.3", "fd7a:115c:a1e0::5", "100.64.0.0/28", "10.20.0.0/16", "10.20.5.7", "10.0.0.0/8", "host", "net", "192.168.0.0/16", "fd00:20::/32",
        "100.64.0.8-100.64.0.12", "ipset:some",
    ];

    private static readonly string[] Ports = ["*", "22", "443", "80-90", "22,8000-8100"];

    private bool _withPostures;

    /// <summary>As text; every one of them is valid.</summary>
    public string Next()
    {
        _withPostures = random.Next(3) == 0;
        var sections = new List<string>
        {
            "\"groups\": {\"group:one\": [\"user1@example.com\", \"user3@example.com\"], \"group:two\": [\"user2@example.com\", \"user4@example.org\"], \"group:none\": []}",
            "\"hosts\": {\"host\": \"100.64.0.9\", \"net\": \"10.20.5.0/24\"}",
            "\"ipsets\": {\"ipset:some\": [\"10.20.0.0/16\", \"remove 10.20.5.0/24\", \"100.64.0.4\"]}",
            "\"tagOwners\": {" + string.Join(", ", RandomWorld.Tags.Select(tag => $"\"{tag}\": []")) + "}",
            "\"postures\": {\"posture:mac\": [\"node:os == 'macos'\"], \"posture:known\": [\"node:os IS SET\"]}",
        };
        if (random.Next(12) > 0)
        {
            sections.Add($"\"acls\": [{Many(0, 4, Acl)}]");
        }

        if (random.Next(3) > 0)
        {
            sections.Add($"\"grants\": [{Many(0, 4, Grant)}]");
        }

        sections.Add($"\"ssh\": [{Many(0, 4, Ssh)}]");
        sections.Add($"\"nodeAttrs\": [{Many(0, 3, Attribute)}]");
        sections.Add(
            $"\"autoApprovers\": {{\"routes\": {{{Many(0, 2, index => $"\"{RandomWorld.Routes[index]}\": {List(1, 2, [.. People, .. RandomWorld.Tags])}")}}}, "
            + $"\"exitNode\": {List(0, 2, [.. People, .. RandomWorld.Tags])}}}");
        return "{" + string.Join(",\n ", sections) + "}";
    }

    private string Acl(int index)
    {
        var (sources, forPeople) = Sources();
        var protocol = random.Next(4) switch
        {
            0 => ", \"proto\": \"tcp\"",
            1 => ", \"proto\": \"udp\"",
            _ => "",
        };
        return $"{{\"action\": \"accept\", \"src\": {sources}, \"dst\": [{Many(1, 3, _ => $"\"{Destination(forPeople)}:{Pick(Ports)}\"")}]{protocol}{Posture()}}}";
    }

    private string Grant(int index)
    {
        var (sources, forPeople) = Sources();
        if (random.Next(4) == 0)
        {
            var steered = List(1, 2, ["10.20.0.0/16", "10.20.5.0/24", "net", "192.168.7.0/24", "10.0.0.0/8"]);
            return $"{{\"src\": {sources}, \"dst\": {steered}, \"via\": {List(1, 2, RandomWorld.Tags)}, {(random.Next(3) == 0 ? App() : Ip())}{Posture()}}}";
        }

        var hasApp = random.Next(2) == 0;
        var content = !hasApp ? Ip() : random.Next(2) == 0 ? App() : $"{Ip()}, {App()}";
        var destinations = Many(1, 2, _ => $"\"{Destination(forPeople && !sources.Contains("\"*\"", StringComparison.Ordinal), mayBeInternet: !hasApp)}\"");
        return $"{{\"src\": {sources}, \"dst\": [{destinations}], {content}{Posture()}}}";
    }

    private string Ip() => $"\"ip\": {List(1, 2, ["*", "tcp:22", "udp:53", "80-90", "tcp:443"])}";

    private string App() => "\"app\": {" + Pick(
    [
        "\"example.com/cap/one\": [{\"a\": 1}]",
        "\"example.com/cap/one\": [], \"example.com/cap/two\": [true]",
        "\"tailscale.com/cap/drive\": [{\"shares\": [\"*\"]}]",
        "\"tailscale.com/cap/relay\": [{}], \"tailscale.com/cap/drive\": [{}]",
    ]) + "}";

    private string Ssh(int index)
    {
        var action = random.Next(3) == 0 ? "check" : "accept";
        var users = List(1, 2, ["root", "autogroup:nonroot", "ops", "localpart:*@example.com", "localpart:*@example.org"]);
        var (sources, destinations) = random.Next(3) switch
        {
            0 => (List(1, 3, People), List(1, 1, ["autogroup:self"])),
            1 => (List(1, 3, People), List(1, 3, [.. RandomWorld.Tags, "autogroup:self", "autogroup:tagged"])),
            _ => (List(1, 3, [.. People, .. Nodes]), List(1, 3, Nodes)),
        };
        var recorder = random.Next(4) == 0 ? ", \"recorder\": [\"tag:c\"]" : "";
        return $"{{\"action\": \"{action}\", \"src\": {sources}, \"dst\": {destinations}, \"users\": {users}{recorder}{Posture()}}}";
    }

    private string Attribute(int index) =>
        $"{{\"target\": {List(1, 2, [.. People, .. Nodes, "100.64.0.3", "100.64.0.0/28", "*"])}, "
        + $"\"attr\": {List(1, 2, ["funnel", "disable-ipv4", "example", "https://tailscale.com/cap/is-admin"])}}}";

    /// <summary>As JSON, and whether each of them has something of its own.</summary>
    private (string Sources, bool ForPeople) Sources() => random.Next(6) switch
    {
        0 => ("[\"*\"]", true),
        1 => ("[\"autogroup:danger-all\"]", false),
        2 or 3 => (List(1, 3, People), true),
        _ => (List(1, 3, [.. People, .. Nodes, .. Nodes, .. Addresses]), false),
    };

    private string Destination(bool maySelf, bool mayBeInternet = true) => random.Next(8) switch
    {
        0 => "*",
        1 when mayBeInternet => "autogroup:internet",
        2 or 3 when maySelf => "autogroup:self",
        4 => Pick([.. Addresses.Where(address => !address.Contains("::", StringComparison.Ordinal))]),
        5 => Pick(People),
        _ => Pick(Nodes),
    };

    private string Posture() => _withPostures && random.Next(2) == 0 ? $", \"srcPosture\": {List(1, 2, ["posture:mac", "posture:known"])}" : "";

    private string List(int least, int most, string[] words) =>
        "[" + string.Join(", ", Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => $"\"{Pick(words)}\"").Distinct()) + "]";

    private string Many(int least, int most, Func<int, string> make) =>
        string.Join(", ", Enumerable.Range(0, random.Next(least, most + 1)).Select(make));

    private string Pick(string[] words) => words[random.Next(words.Length)];
}
