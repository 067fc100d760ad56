using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Support;

/// <summary>
/// A tailnet as a large one looks: users with a few devices each in departments, servers with tags, and rules from departments and
/// single users to tags, hosts and other departments.
/// </summary>
internal sealed class LargeTailnet
{
    private const int Departments = 50;
    private const int Tags = 100;
    private const int DevicesPerUser = 4;

    private LargeTailnet(string text, ImmutableArray<PolicyUser> users, ImmutableArray<PolicyNode> nodes)
    {
        (Text, Users, Nodes) = (text, users, nodes);
        if (!PolicyReader.TryRead(text, Tailnet, out var file, out var error))
        {
            throw new InvalidOperationException(error.Message);
        }

        File = file;
    }

    public static PolicyTailnet Tailnet { get; } = new()
    {
        Prefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")],
    };

    public string Text { get; }

    public PolicyFile File { get; }

    public ImmutableArray<PolicyUser> Users { get; }

    public ImmutableArray<PolicyNode> Nodes { get; }

    public AccessMap Build() => AccessMap.Build(File, Tailnet, Users, Nodes);

    /// <summary>Half of the nodes are people's, half are servers.</summary>
    public static LargeTailnet Create(int rules, int nodes, bool self = false)
    {
        var users = Enumerable.Range(1, Math.Max(1, nodes / 2 / DevicesPerUser)).Select(UserAt).ToImmutableArray();
        return new LargeTailnet(
            PolicyText(rules, users.Length, self),
            users,
            [.. Enumerable.Range(0, nodes).Select(index => index % 2 == 0 ? DeviceAt(index, users) : ServerAt(index))]);
    }

    /// <summary>Everybody of one group may reach the servers.</summary>
    public static LargeTailnet OneGroup(int sources, int servers)
    {
        var users = Enumerable.Range(1, sources).Select(UserAt).ToImmutableArray();
        var text = new StringBuilder("{\"tagOwners\": {\"tag:t0\": []}, \"groups\": {\"group:all\": [");
        text.AppendJoin(", ", users.Select(user => $"\"{user.Email}\"")).Append(
            "]}, \"acls\": [{\"action\": \"accept\", \"src\": [\"group:all\"], \"dst\": [\"tag:t0:443\"]}]}");
        return new LargeTailnet(
            text.ToString(),
            users,
            [
                .. users.SkipLast(1).Select((user, index) => Node(index) with { Owner = user.Id }),
                .. Enumerable.Range(sources, servers).Select(index => Node(index) with { Tags = ["tag:t0"] }),
            ]);
    }

    /// <summary>A node without owner and tags, with addresses of its own.</summary>
    public static PolicyNode Node(int index) => new()
    {
        Index = index,
        Id = index + 1,
        IPv4 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"100.64.{index >> 8}.{index & 255}")),
        IPv6 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd7a:115c:a1e0::{index + 1:x}")),
    };

    private static PolicyUser UserAt(int number) =>
        new(number, $"user{number}", $"user{number}@example.com", number == 1 ? UserRole.Owner : UserRole.Member);

    private static PolicyNode DeviceAt(int index, ImmutableArray<PolicyUser> users) =>
        Node(index) with { Owner = users[index / 2 / DevicesPerUser % users.Length].Id };

    private static PolicyNode ServerAt(int index) =>
        Node(index) with { Tags = [string.Create(CultureInfo.InvariantCulture, $"tag:t{index / 2 % Tags}")] };

    private static string PolicyText(int rules, int users, bool self)
    {
        var text = new StringBuilder("{\"groups\": {");
        text.AppendJoin(", ", Enumerable.Range(0, Departments).Select(department =>
            $"\"group:d{department}\": [{string.Join(", ", Enumerable.Range(1, users).Where(user => user % Departments == department).Select(user => $"\"user{user}@example.com\""))}]"));
        text.Append("}, \"hosts\": {");
        text.AppendJoin(", ", Enumerable.Range(0, Tags).Select(host => $"\"host{host}\": \"10.{host}.0.0/16\""));
        text.Append("}, \"tagOwners\": {");
        text.AppendJoin(", ", Enumerable.Range(0, Tags).Select(tag => $"\"tag:t{tag}\": [\"group:d{tag % Departments}\"]"));
        text.Append("}, \"acls\": [");
        text.AppendJoin(",\n", Enumerable.Range(0, rules).Select(rule => RuleAt(rule, users)));
        text.Append(self ? ", {\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": [\"autogroup:self:*\"]}]}" : "]}");
        return text.ToString();
    }

    private static string RuleAt(int rule, int users)
    {
        var source = (rule % 3) switch
        {
            0 => $"group:d{rule / 3 % Departments}",
            1 => $"user{(rule % users) + 1}@example.com",
            _ => $"tag:t{rule * 7 % Tags}",
        };
        var destination = (rule / 3 % 5) switch
        {
            0 => $"host{rule % Tags}:443",
            1 => $"group:d{rule * 3 % Departments}:22",
            _ => $"tag:t{rule % Tags}:{1000 + rule},{8000 + rule}",
        };
        return $"{{\"action\": \"accept\", \"src\": [\"{source}\"], \"dst\": [\"{destination}\"]}}";
    }
}
