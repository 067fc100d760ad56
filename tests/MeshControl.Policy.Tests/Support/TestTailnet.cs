using System.Globalization;
using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Support;

/// <summary>
/// A tailnet to try policies on. Users and nodes are called by name; the n-th node has the addresses <c>100.64.0.n</c> and
/// <c>fd7a:115c:a1e0::n</c>, in decimal and hexadecimal digits.
/// </summary>
internal sealed class TestTailnet
{
    private readonly List<PolicyUser> _users = [];
    private readonly Dictionary<string, PolicyNode> _nodes = new(StringComparer.Ordinal);

    public static PolicyTailnet Settings { get; } = new()
    {
        Prefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")],
    };

    public IReadOnlyList<PolicyUser> Users => _users;

    public IEnumerable<PolicyNode> Nodes => _nodes.Values.OrderBy(node => node.Index);

    public PolicyNode this[string name]
    {
        get => _nodes[name];
        set => _nodes[name] = value;
    }

    public TestTailnet User(string email, UserRole role = UserRole.Member)
    {
        _users.Add(new PolicyUser(_users.Count + 1, email[..email.IndexOf('@', StringComparison.Ordinal)], email, role));
        return this;
    }

    /// <param name="name">By which the test calls it.</param>
    /// <param name="owner">An e-mail address, or tags separated by spaces.</param>
    /// <param name="advertised">Routes, separated by spaces.</param>
    /// <param name="approved">Those of them that are approved.</param>
    public TestTailnet Node(string name, string owner, string advertised = "", string approved = "")
    {
        var number = _nodes.Count + 1;
        var isTagged = owner.StartsWith("tag:", StringComparison.Ordinal);
        _nodes.Add(name, new PolicyNode
        {
            Index = number - 1,
            Id = number,
            Owner = isTagged ? null : _users.Single(user => user.Email == owner).Id,
            Tags = isTagged ? [.. owner.Split(' ').Order(StringComparer.Ordinal)] : [],
            IPv4 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"100.64.0.{number}")),
            IPv6 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd7a:115c:a1e0::{number:x}")),
            AdvertisedRoutes = [.. advertised.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IpPrefix.Parse)],
            ApprovedRoutes = [.. approved.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IpPrefix.Parse)],
        });
        return this;
    }

    /// <summary>Gives a node a device attribute.</summary>
    public TestTailnet Attribute(string node, string name, string json)
    {
        _nodes[node] = _nodes[node] with { Attributes = _nodes[node].Attributes.SetItem(name, RawJson.Parse(json)) };
        return this;
    }

    public AccessMap Apply(string policy) => AccessMap.Build(Read(policy), Settings, Users, Nodes);

    public static PolicyFile Read(string policy)
    {
        var isGood = PolicyReader.TryRead(policy, Settings, out var file, out var error);
        Assert.True(isGood, error?.Message);
        return file!;
    }

    /// <summary>The name of the node that has an address.</summary>
    public string NameOf(string address) =>
        _nodes.Single(node => Equals(node.Value.IPv4, IPAddress.Parse(address)) || Equals(node.Value.IPv6, IPAddress.Parse(address))).Key;
}
