using System.Collections.Immutable;
using System.Net;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Properties;

/// <summary>What a policy means, asked one connection at a time and answered by going through it word by word. Knows nothing of how it is compiled.</summary>
internal sealed class PolicyOracle(PolicyFile policy, IReadOnlyList<PolicyUser> users, IReadOnlyList<PolicyNode> nodes)
{
    private static readonly int[] DefaultProtocols = [6, 17, 1, 58];

    private static readonly (string Granted, string Back)[] Companions =
    [
        ("tailscale.com/cap/drive", "tailscale.com/cap/drive-sharer"),
        ("tailscale.com/cap/relay", "tailscale.com/cap/relay-target"),
    ];

    private static readonly IpPrefix[] NotPublic =
        [.. new[] { "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16" }.Select(IpPrefix.Parse)];

    private static readonly IpPrefix ChromeOs = IpPrefix.Parse("100.115.92.0/23");
    private static readonly IpPrefix GlobalUnicast = IpPrefix.Parse("2000::/3");

    /// <summary>Whether some rule lets a source reach an address at a node, which may be the node's own or one behind it.</summary>
    public bool Allows(IPAddress source, PolicyNode at, IPAddress destination, int protocol, int port)
    {
        if (policy.Acls is null && policy.Grants is null)
        {
            return IsOfTailnet(source) && DefaultProtocols.Contains(protocol);
        }

        return (policy.Acls ?? []).Any(rule =>
                IsSource(rule.Sources, rule.SourcePostures, source)
                && Fits(rule.Protocol, protocol)
                && rule.Destinations.Any(target => Fits(target.Ports, port) && IsDestination(target.Alias, source, at, destination)))
            || (policy.Grants ?? []).Any(rule =>
                IsSource(rule.Sources, rule.SourcePostures, source)
                && rule.Ip.Any(entry => Fits(entry.Protocol, protocol) && Fits(entry.Ports, port))
                && (rule.Via.IsEmpty
                    ? rule.Destinations.Any(alias => IsDestination(alias, source, at, destination))
                    : Carries(at, rule.Via) && rule.Destinations.Any(alias => PrefixesOf(alias).Any(prefix => prefix.Contains(destination) && IsBehind(prefix, at)))));
    }

    /// <summary>Names of the capabilities that a source has on a node, sorted, each once.</summary>
    public IEnumerable<string> Capabilities(IPAddress source, PolicyNode at)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var rule in (policy.Grants ?? []).Where(rule => rule.Via.IsEmpty && !rule.App.IsEmpty))
        {
            if (IsSource(rule.Sources, rule.SourcePostures, source) && rule.Destinations.Any(alias => IsNode(alias, source, at)))
            {
                found.UnionWith(rule.App.Select(capability => capability.Name));
            }

            // And the way back: who was granted it is told by those on whom.
            foreach (var (granted, back) in Companions)
            {
                if (rule.App.Any(capability => capability.Name == granted)
                    && rule.Sources.Any(alias => IsNode(alias, source, at))
                    && rule.Destinations.Any(alias => IsSelf(alias) ? HaveOneOwner(source, at) : IsMeant(alias, source)))
                {
                    found.Add(back);
                }
            }
        }

        return found;
    }

    /// <returns>Null: the user is not let in; else whether after a check.</returns>
    public bool? LogsIn(PolicyNode from, PolicyNode to, string user)
    {
        var matching = policy.Ssh.Where(rule =>
            IsSource(rule.Sources, rule.SourcePostures, from.IPv4!)
            && rule.Destinations.Any(alias => IsSelf(alias) ? from.Owner is not null && from.Owner == to.Owner : IsMeant(alias, to.IPv4!))
            && rule.Users.Any(allowed => MayBe(allowed, user, from))).ToArray();
        return matching.Length == 0 ? null : matching.Any(rule => rule.Check);
    }

    /// <summary>Whether a rule for a router's traffic makes a node see it, although the router itself is not told of it.</summary>
    public bool IsSteeredThrough(PolicyNode source, PolicyNode router) => (policy.Grants ?? []).Any(rule =>
        !rule.Via.IsEmpty && !rule.App.IsEmpty
        && Carries(router, rule.Via)
        && rule.Destinations.SelectMany(PrefixesOf).Any(prefix => IsBehind(prefix, router))
        && IsSourceByItsRoutes(rule, source));

    /// <summary>Whether a rule of which the viewer is a source covers a part of the route; by which of the two kinds.</summary>
    public (bool Regular, IReadOnlyList<GrantRule> Via) RulesFor(PolicyNode viewer, IpPrefix route)
    {
        if (policy.Acls is null && policy.Grants is null)
        {
            return (true, []);
        }

        var grants = (policy.Grants ?? []).Where(rule => IsSourceByItsRoutes(rule, viewer) && rule.Destinations.Any(Covers)).ToArray();
        var regular = grants.Any(rule => rule.Via.IsEmpty) || (policy.Acls ?? []).Any(rule =>
            IsSourceByItsRoutes(rule.Sources, rule.SourcePostures, viewer) && rule.Destinations.Any(target => Covers(target.Alias)));
        // The way back of a capability is a rule like others.
        var back = (policy.Grants ?? []).Any(rule =>
            rule.Via.IsEmpty
            && rule.App.Any(capability => Companions.Any(pair => pair.Granted == capability.Name))
            && !rule.Sources.IsEmpty
            && IsSourceByItsRoutes([.. rule.Destinations.Where(alias => !IsSelf(alias))], [], viewer)
            && rule.Sources.Any(Covers));
        return (regular || back, [.. grants.Where(rule => !rule.Via.IsEmpty)]);

        bool Covers(Alias alias) => alias is WildcardAlias or AutogroupAlias { Group: Autogroup.DangerAll } || PrefixesOf(alias).Any(prefix => prefix.Overlaps(route));
    }

    public static bool Carries(PolicyNode node, ImmutableArray<string> tags) => node.Tags.Any(tag => tags.Contains(tag));

    private bool IsSourceByItsRoutes(GrantRule rule, PolicyNode node) => IsSourceByItsRoutes(rule.Sources, rule.SourcePostures, node);

    private bool IsSourceByItsRoutes(ImmutableArray<Alias> sources, ImmutableArray<string> postures, PolicyNode node) =>
        IsSource(sources, postures, node.IPv4!)
        || IsSource(sources, postures, node.IPv6!)
        || (postures.IsEmpty && sources.SelectMany(PrefixesOf).Any(prefix => IsBehind(prefix, node)));

    private bool IsSource(ImmutableArray<Alias> sources, ImmutableArray<string> postures, IPAddress address)
    {
        if (postures.IsEmpty)
        {
            return sources.Any(alias => IsMeant(alias, address));
        }

        // Devices have postures; addresses that are no device's have none. What is true of one address of a device is true of the other.
        return NodeAt(address) is { } node
            && postures.Any(name => HasPosture(node, name))
            && sources.Any(alias => IsMeant(alias, node.IPv4!) || IsMeant(alias, node.IPv6!));
    }

    private bool IsDestination(Alias alias, IPAddress source, PolicyNode at, IPAddress destination) => alias switch
    {
        WildcardAlias => true,
        AutogroupAlias { Group: Autogroup.Internet } => IsPublic(destination) && at.ApprovedRoutes.Any(route => route.IsDefaultRoute),
        AutogroupAlias { Group: Autogroup.Self } => IsOwn(at, destination) && HaveOneOwner(source, at),
        _ => IsMeant(alias, destination),
    };

    /// <summary>Whether an alias means a node as somebody on whom something is granted, with which of its addresses does not matter.</summary>
    private bool IsNode(Alias alias, IPAddress source, PolicyNode at) =>
        IsSelf(alias) ? HaveOneOwner(source, at) : alias is WildcardAlias || IsMeant(alias, at.IPv4!) || IsMeant(alias, at.IPv6!);

    /// <summary>Whether an alias means an address, which may or may not be a node's.</summary>
    private bool IsMeant(Alias alias, IPAddress address)
    {
        var node = NodeAt(address);
        return alias switch
        {
            WildcardAlias => IsOfTailnet(address),
            AutogroupAlias { Group: Autogroup.DangerAll } => true,
            AutogroupAlias { Group: Autogroup.Tagged } => node is { Tags.Length: > 0 },
            AutogroupAlias { Group: Autogroup.Member } => node is { Tags.Length: 0 },
            AutogroupAlias { Group: Autogroup.Admin } => OwnerOf(node)?.Role is UserRole.Admin or UserRole.Owner,
            AutogroupAlias { Group: Autogroup.Owner } => OwnerOf(node)?.Role is UserRole.Owner,
            TagAlias tag => node is not null && node.Tags.Contains(tag.Name),
            UserAlias or DomainUsersAlias => IsUser(alias, OwnerOf(node)),
            GroupAlias group => policy.Groups[group.Name].Any(member => IsUser(member, OwnerOf(node))),
            _ => PrefixesOf(alias).Any(prefix => prefix.Contains(address)),
        };
    }

    private static bool IsUser(Alias alias, PolicyUser? user) => user is not null && alias switch
    {
        UserAlias named => named.Login == user.Email || named.Login == user.Name + "@",
        DomainUsersAlias domain => user.Email!.EndsWith("@" + domain.Domain, StringComparison.Ordinal),
        _ => false,
    };

    private bool MayBe(string allowed, string user, PolicyNode from)
    {
        if (allowed.StartsWith("localpart:*@", StringComparison.Ordinal))
        {
            return OwnerOf(from)?.Email == $"{user}@{allowed["localpart:*@".Length..]}";
        }

        return allowed == "autogroup:nonroot" ? user != "root" : allowed == user;
    }

    private static bool HasPosture(PolicyNode node, string name) => name == "posture:mac"
        ? node.Attributes.GetValueOrDefault("node:os") == RawJson.FromString("macos")
        : node.Attributes.ContainsKey("node:os");

    /// <summary>What an alias of addresses covers; nothing for people and tags.</summary>
    private IEnumerable<IpPrefix> PrefixesOf(Alias alias) => alias switch
    {
        PrefixAlias prefix => [prefix.Prefix],
        HostAlias host => [host.Prefix],
        IpSetAlias set => policy.IpSets[set.Name],
        RangeAlias range => Enumerable.Range(range.First.GetAddressBytes()[3], range.Last.GetAddressBytes()[3] - range.First.GetAddressBytes()[3] + 1)
            .Select(last => IpPrefix.Single(new IPAddress([.. range.First.GetAddressBytes().AsSpan(0, 3), (byte)last]))),
        _ => [],
    };

    private bool IsOfTailnet(IPAddress address) =>
        RandomWorld.Tailnet.Prefixes.Any(prefix => prefix.Contains(address) && !ChromeOs.Contains(address))
        || nodes.Any(node => node.ApprovedRoutes.Any(route => !route.IsDefaultRoute && route.Contains(address)));

    private static bool IsPublic(IPAddress address) =>
        GlobalUnicast.Contains(address) || (address.GetAddressBytes().Length == 4 && !NotPublic.Any(prefix => prefix.Contains(address)));

    private static bool IsBehind(IpPrefix prefix, PolicyNode node) => node.ApprovedRoutes.Any(route => !route.IsDefaultRoute && route.Overlaps(prefix));

    private static bool IsSelf(Alias alias) => alias is AutogroupAlias { Group: Autogroup.Self };

    private static bool IsOwn(PolicyNode node, IPAddress address) => node.IPv4!.Equals(address) || node.IPv6!.Equals(address);

    private bool HaveOneOwner(IPAddress source, PolicyNode at) => at.Owner is not null && NodeAt(source)?.Owner == at.Owner;

    private static bool Fits(int? allowed, int protocol) => allowed is null ? DefaultProtocols.Contains(protocol) : allowed == protocol;

    private static bool Fits(ImmutableArray<PortRange> ports, int port) => ports.Any(range => range.First <= port && port <= range.Last);

    private PolicyNode? NodeAt(IPAddress address) => nodes.FirstOrDefault(node => IsOwn(node, address));

    private PolicyUser? OwnerOf(PolicyNode? node) => node?.Owner is { } owner ? users.First(user => user.Id == owner) : null;
}
