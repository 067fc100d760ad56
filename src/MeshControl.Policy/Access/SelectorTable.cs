using System.Collections.Immutable;
using System.Net;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>
/// Every alias and posture that a policy uses, numbered: its selectors. Says which of them match a node. Filled while the policy is
/// compiled, only read afterwards.
/// </summary>
internal sealed class SelectorTable(PolicyFile policy)
{
    private readonly Dictionary<Alias, int> _numbers = [];
    private readonly List<Alias?> _aliases = [];
    private readonly Dictionary<string, int> _postures = new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<int>> _byLogin = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<int>> _byDomain = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<int>> _byTag = new(StringComparer.Ordinal);
    private readonly List<(Autogroup Group, int Selector)> _autogroups = [];
    private readonly PrefixIndex _prefixes = new();
    private readonly List<int> _everything = [];

    /// <summary>The number of an alias, which is new when it was not used before.</summary>
    public int Number(Alias alias)
    {
        alias = alias is UserAlias user ? new UserAlias(user.Login.ToLowerInvariant()) : alias;
        if (_numbers.TryGetValue(alias, out var number))
        {
            return number;
        }

        number = _aliases.Count;
        _aliases.Add(alias);
        _numbers.Add(alias, number);
        Index(alias, number);
        return number;
    }

    /// <summary>The number of a posture.</summary>
    public int PostureNumber(string name)
    {
        if (!_postures.TryGetValue(name, out var number))
        {
            number = _aliases.Count;
            _aliases.Add(null);
            _postures.Add(name, number);
        }

        return number;
    }

    public Alias AliasOf(int selector) => _aliases[selector] ?? throw new ArgumentOutOfRangeException(nameof(selector));

    /// <summary>The addresses that an alias names by itself, whoever has them; empty for people, tags and the like.</summary>
    public ImmutableArray<IpPrefix> PrefixesOf(Alias alias) => alias switch
    {
        PrefixAlias prefix => [prefix.Prefix],
        HostAlias host => [host.Prefix],
        RangeAlias range => [.. AddressRanges.ToPrefixes(range.First, range.Last)],
        IpSetAlias set => policy.IpSets.GetValueOrDefault(set.Name, []),
        _ => [],
    };

    /// <summary>The selectors that match a node for what it is: its addresses, owner, tags and posture.</summary>
    public Bits MatchingNode(PolicyNode node, PolicyUser? owner)
    {
        var found = new List<int>(_everything);
        if (node.IPv4 is { } v4)
        {
            _prefixes.Containing(IpPrefix.Single(v4), found);
        }

        if (node.IPv6 is { } v6)
        {
            _prefixes.Containing(IpPrefix.Single(v6), found);
        }

        if (owner is not null)
        {
            AddUser(owner, found);
        }

        foreach (var tag in node.Tags)
        {
            found.AddRange(_byTag.GetValueOrDefault(tag, []));
        }

        foreach (var (group, selector) in _autogroups)
        {
            if (IsIn(group, node, owner))
            {
                found.Add(selector);
            }
        }

        foreach (var (name, selector) in _postures)
        {
            if (PostureConditions.Hold(policy.Postures.GetValueOrDefault(name, []), node.Attributes))
            {
                found.Add(selector);
            }
        }

        return Bits.Of(found);
    }

    /// <summary>The selectors of addresses that cover one.</summary>
    public Bits MatchingAddress(IPAddress address)
    {
        var found = new List<int>();
        _prefixes.Containing(IpPrefix.Single(address), found);
        return Bits.Of(found);
    }

    /// <summary>The selectors that a node speaks for because it forwards: those that overlap one of its approved routes.</summary>
    public Bits MatchingRoutes(ImmutableArray<IpPrefix> routes)
    {
        var found = new List<int>();
        foreach (var route in routes.Where(route => !route.IsDefaultRoute))
        {
            _prefixes.Overlapping(route, found);
        }

        return found.Count == 0 ? Bits.None : Bits.Of(found);
    }

    private static bool IsIn(Autogroup group, PolicyNode node, PolicyUser? owner) => group switch
    {
        Autogroup.Tagged => node.Tags.Length > 0,
        Autogroup.Member => node.Tags.IsEmpty,
        Autogroup.Owner => owner?.Role is UserRole.Owner,
        Autogroup.Admin => owner?.Role is UserRole.Owner or UserRole.Admin,
        Autogroup.NetworkAdmin => owner?.Role is UserRole.NetworkAdmin,
        Autogroup.ItAdmin => owner?.Role is UserRole.ItAdmin,
        Autogroup.BillingAdmin => owner?.Role is UserRole.BillingAdmin,
        Autogroup.Auditor => owner?.Role is UserRole.Auditor,
        _ => false,
    };

    private void Index(Alias alias, int number)
    {
        switch (alias)
        {
            case WildcardAlias or AutogroupAlias { Group: Autogroup.DangerAll }:
                _everything.Add(number);
                break;
            case UserAlias or DomainUsersAlias:
                IndexMember(alias, number);
                break;
            case GroupAlias group:
                foreach (var member in policy.Groups.GetValueOrDefault(group.Name, []))
                {
                    IndexMember(member, number);
                }

                break;
            case TagAlias tag:
                Add(_byTag, tag.Name, number);
                break;
            case AutogroupAlias autogroup:
                _autogroups.Add((autogroup.Group, number));
                break;
            default:
                foreach (var prefix in PrefixesOf(alias))
                {
                    _prefixes.Add(prefix, number);
                }

                break;
        }
    }

    private void IndexMember(Alias member, int number)
    {
        switch (member)
        {
            case UserAlias user:
                Add(_byLogin, user.Login, number);
                break;
            case DomainUsersAlias domain:
                Add(_byDomain, domain.Domain, number);
                break;
        }
    }

    private void AddUser(PolicyUser user, List<int> found)
    {
        foreach (var login in UserLogins.Of(user))
        {
            found.AddRange(_byLogin.GetValueOrDefault(login, []));
        }

        if (user.Email is { } email && email.LastIndexOf('@') is var at and >= 0)
        {
            found.AddRange(_byDomain.GetValueOrDefault(email[(at + 1)..], []));
        }
    }

    private static void Add(Dictionary<string, List<int>> index, string key, int number)
    {
        if (!index.TryGetValue(key, out var numbers))
        {
            index.Add(key, numbers = []);
        }

        numbers.Add(number);
    }
}
