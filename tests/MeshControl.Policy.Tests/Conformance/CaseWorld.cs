using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>The tailnet of a case as our code is told of it.</summary>
internal sealed class CaseWorld
{
    private readonly Dictionary<string, CaseNode> _nodes;

    private CaseWorld(ImmutableArray<PolicyUser> users, ImmutableArray<CaseNode> nodes)
    {
        Users = users;
        Nodes = nodes;
        _nodes = nodes.ToDictionary(node => node.Name);
    }

    /// <summary>The captured service gave addresses of these ranges, and knew of one domain.</summary>
    public static PolicyTailnet Tailnet { get; } = new()
    {
        Prefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")],
        Domains = ["example.com"],
    };

    public ImmutableArray<PolicyUser> Users { get; }

    /// <summary>In the order of registration.</summary>
    public ImmutableArray<CaseNode> Nodes { get; }

    public static CaseWorld Parse(JsonElement topology)
    {
        var users = topology.GetProperty("users").EnumerateArray().Select(ParseUser).ToImmutableArray();
        var byName = users.ToDictionary(user => user.Name, user => user.Id);

        // A node without a rank was not recorded; it has registered like the others.
        var nodes = topology.GetProperty("nodes").EnumerateObject()
            .OrderBy(node => node.Value.TryGetProperty("order", out var order) ? order.GetInt32() : int.MaxValue)
            .Select((node, index) => ParseNode(node, index, byName))
            .ToImmutableArray();
        return new CaseWorld(users, nodes);
    }

    public CaseNode Node(string name) => _nodes[name];

    private static PolicyUser ParseUser(JsonElement user)
    {
        var name = user.GetProperty("name").GetString()!;
        return new PolicyUser(
            user.GetProperty("id").GetInt64(), name, user.GetProperty("email").GetString(), Corpus.Constants.Roles.GetValueOrDefault(name));
    }

    private static CaseNode ParseNode(JsonProperty property, int index, Dictionary<string, long> users)
    {
        var node = property.Value;
        return new CaseNode(
            property.Name,
            new PolicyNode
            {
                Index = index,
                Id = index + 1,
                Owner = node.TryGetProperty("user", out var user) ? users[user.GetString()!] : null,
                Tags = [.. Strings(node, "tags").Order(StringComparer.Ordinal)],
                IPv4 = IPAddress.Parse(node.GetProperty("ipv4").GetString()!),
                IPv6 = IPAddress.Parse(node.GetProperty("ipv6").GetString()!),
                AdvertisedRoutes = [.. Strings(node, "routableIPs").Select(IpPrefix.Parse)],
                ApprovedRoutes = [.. Strings(node, "approvedRoutes").Select(IpPrefix.Parse)],
            },
            node.TryGetProperty("selfViewLagging", out var lagging) && lagging.GetBoolean());
    }

    private static IEnumerable<string> Strings(JsonElement node, string name) =>
        node.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(item => item.GetString()!) : [];
}
