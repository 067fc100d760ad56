using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Testing;

/// <summary>What the words of tests mean in the world of an access map. Not thread safe.</summary>
internal sealed class TestWorld(AccessMap access)
{
    // Not the policy's own: what tests speak of must not tell nodes apart that are the same to everybody else.
    private readonly SelectorTable _selectors = new(access.Policy);
    private readonly Dictionary<Alias, ImmutableArray<PolicyNode>> _nodes = [];
    private readonly Dictionary<Alias, IReadOnlyList<SshTarget>> _sshTargets = [];
    private readonly Dictionary<WireList<SshPrincipal>, IReadOnlySet<string>> _principals = new(ReferenceEqualityComparer.Instance);
    private Dictionary<IpPrefix, PolicyNode>? _byAddress;

    public AccessMap Access => access;

    /// <summary>The nodes that an alias stands for; none for addresses that no node has.</summary>
    public ImmutableArray<PolicyNode> NodesOf(Alias alias)
    {
        if (!_nodes.TryGetValue(alias, out var nodes))
        {
            var number = _selectors.Number(alias);
            nodes = [.. access.Nodes.Where(node => _selectors.MatchingNode(node, OwnerOf(node)).Has(number))];
            _nodes.Add(alias, nodes);
        }

        return nodes;
    }

    /// <summary>Everything that an alias stands for: both addresses of nodes, and addresses as they are written.</summary>
    public IEnumerable<TestAddress> AddressesOf(Alias alias) => alias switch
    {
        WildcardAlias => access.Tailnet.Prefixes.Concat(access.Nodes.SelectMany(RouteTable.SubnetRoutes).Distinct())
            .Select(prefix => new TestAddress(prefix, Node: null)),
        _ when _selectors.PrefixesOf(alias) is { IsEmpty: false } prefixes => prefixes.Select(prefix => new TestAddress(prefix, NodeAt(prefix))),
        _ => NodesOf(alias).SelectMany(AddressesOf),
    };

    public static IEnumerable<TestAddress> AddressesOf(PolicyNode node) =>
        AccessMap.AddressesOf(node).Select(address => new TestAddress(IpPrefix.Single(address), node));

    /// <summary>The untagged nodes of a user.</summary>
    public IEnumerable<PolicyNode> NodesOfOwner(long owner) => access.Nodes.Where(node => node.Owner == owner);

    /// <summary>The nodes that an alias stands for, as somebody logs in to them; those that have the very same rules once.</summary>
    public IReadOnlyList<SshTarget> SshTargetsOf(Alias alias)
    {
        if (!_sshTargets.TryGetValue(alias, out var targets))
        {
            targets = SshTargetsOf(AddressesOf(alias).Select(address => address.Node).OfType<PolicyNode>().Distinct());
            _sshTargets.Add(alias, targets);
        }

        return targets;
    }

    /// <inheritdoc cref="SshTargetsOf(Alias)"/>
    public IReadOnlyList<SshTarget> SshTargetsOf(IEnumerable<PolicyNode> nodes) =>
    [
        .. nodes.Select(node => (Node: node, Rules: access.SshRulesOf(node.Index, "")))
            .DistinctBy(target => target.Rules, SameRules.Instance)
            .Select(target => new SshTarget(target.Node, [.. target.Rules.Select(rule => (rule, PrincipalsOf(rule)))])),
    ];

    /// <summary>The world as it would be were these the device attributes of the nodes, and no others.</summary>
    public TestWorld WithAttributes(IEnumerable<PolicyNode> nodes, ImmutableDictionary<string, RawJson> attributes)
    {
        // Nothing asks for attributes but postures.
        if (access.Policy.Postures.IsEmpty)
        {
            return this;
        }

        var change = new WorldChange { Nodes = [.. nodes.Distinct().Select(node => node with { Attributes = attributes })] };
        return new TestWorld(access.With(change).Map);
    }

    /// <summary>Nodes with the same rule have the same list.</summary>
    private IReadOnlySet<string> PrincipalsOf(SshRule rule)
    {
        if (!_principals.TryGetValue(rule.Principals!, out var addresses))
        {
            addresses = rule.Principals!.Select(principal => principal.NodeIp!).ToHashSet(StringComparer.Ordinal);
            _principals.Add(rule.Principals!, addresses);
        }

        return addresses;
    }

    private PolicyUser? OwnerOf(PolicyNode node) => node.Owner is { } owner ? access.UserOf(owner) : null;

    private PolicyNode? NodeAt(IpPrefix prefix)
    {
        _byAddress ??= access.Nodes.SelectMany(AddressesOf)
            .GroupBy(address => address.Prefix)
            .ToDictionary(group => group.Key, group => group.First().Node!);
        return _byAddress.GetValueOrDefault(prefix);
    }
}
