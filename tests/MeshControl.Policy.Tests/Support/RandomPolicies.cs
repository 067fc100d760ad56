using System.Collections.Immutable;
using System.Net;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Support;

/// <summary>Policies of every shape the language has, by chance; all of them valid in a tailnet that <c>example.com</c> belongs to.</summary>
internal sealed class RandomPolicies(Random random)
{
    private static readonly string[] Logins = ["alice@example.com", "bob@", "Ünal@example.org", "o'neil@x", "a b@c:d"];
    private static readonly string[] Words = ["root", "ubuntu", "GIT_*", "ä\"\\", "\u0001", "😀", "a/b:c"];
    private static readonly IpPrefix[] Prefixes =
        [.. new[] { "10.0.0.0/8", "10.1.2.3/32", "192.0.2.0/24", "fd7a::/48", "fd7a::1/128", "::/0", "0.0.0.0/0" }.Select(IpPrefix.Parse)];

    private static readonly Autogroup[] Roles = [.. Enum.GetValues<Autogroup>().Where(Autogroups.IsRole)];

    private PolicyFile _names = new() { Text = "" };

    public PolicyFile Next()
    {
        var tags = Names("tag:", "a", "b-1", "C").ToArray();
        _names = new PolicyFile
        {
            Text = "whatever it was",
            Groups = Table(Names("group:", "dev", "x y", "é"), () => Some(() => OneOf<Alias>(User(), new DomainUsersAlias("example.com")))),
            Hosts = Names("", "gw", "my-lan", "[x]").ToImmutableDictionary(name => name, _ => Pick(Prefixes)),
            TagOwners = tags.ToImmutableDictionary(tag => tag, _ => ImmutableArray<Alias>.Empty),
            IpSets = Names("ipset:", "a", "b c").ToImmutableDictionary(name => name, _ => ImmutableArray.Create(Prefixes[0], Prefixes[2])),
            Postures = Table(Names("posture:", "p", "q"), () => ImmutableArray.Create(Condition())),
        };
        _names = _names with { TagOwners = tags.ToImmutableDictionary(tag => tag, _ => Some(Person)) };
        return _names with
        {
            DefaultSourcePostures = SomePostures(),
            Acls = Maybe(() => Some(Acl)),
            Grants = Maybe(() => Some(Grant)),
            Ssh = Some(Ssh),
            NodeAttributes = Some(Attributes),
            AutoApprovers = new AutoApprovers
            {
                Routes = [.. Prefixes.Where(_ => Chance(3)).Select(prefix => new RouteApprovers(prefix, Some(Person)))],
                ExitNode = Some(Person),
                Services = [.. Names("svc:", "db", "web-1").Select(name => KeyValuePair.Create(name, Some(Person)))],
            },
            Tests = Some(Test),
            SshTests = Some(SshTest),
            RandomizeClientPort = Chance(2),
            DisableIPv4 = Chance(2),
            OneCgnatRoute = Pick("", "mac-always", "mac-never"),
            DerpMap = Chance(2) ? Relays() : null,
        };
    }

    /// <summary>The same with regions removed, which only a file with relays of its own can say.</summary>
    public PolicyFile NextWithRemovedRegions()
    {
        var file = Next();
        return file.DerpMap is null ? file : file with { RemovedDerpRegions = [1, 17] };
    }

    private AclRule Acl()
    {
        int? protocol = Chance(2) ? null : Pick(IpProtocols.Tcp, IpProtocols.Udp, IpProtocols.Sctp, IpProtocols.Icmp, 4, 89);
        var hasPorts = protocol is null || IpProtocols.HasPorts(protocol.Value);
        var isSelf = Chance(4);
        return new AclRule(default)
        {
            Sources = Some<Alias>(isSelf ? Owner : Source),
            Protocol = protocol,
            Destinations = Some(() => new AclDestination(
                isSelf && Chance(2) ? new AutogroupAlias(Autogroup.Self) : Destination(),
                hasPorts ? Ports() : [PortRange.All])),
            SourcePostures = SomePostures(),
        };
    }

    private GrantRule Grant()
    {
        var app = Capabilities();
        var isSelf = Chance(4);
        return new GrantRule(default)
        {
            Sources = Some<Alias>(isSelf ? Owner : Source),
            Destinations = [.. Some(() => isSelf && Chance(2) ? new AutogroupAlias(Autogroup.Self) : Destination()).Where(IsForGrants)],
            Ip = app.IsEmpty || Chance(2)
                ? [new GrantPorts(null, [PortRange.All]), .. Some(() => Chance(2) ? new GrantPorts(Pick(6, 17), Ports()) : new GrantPorts(1, [PortRange.All]))]
                : [],
            App = app,
            Via = [.. _names.TagOwners.Keys.Where(_ => Chance(2))],
            SourcePostures = SomePostures(),
        };

        bool IsForGrants(Alias alias) => alias is not PrefixAlias { Prefix.IsDefaultRoute: true }
            && (app.IsEmpty || alias is not AutogroupAlias { Group: Autogroup.Internet });
    }

    private SshPolicyRule Ssh()
    {
        var isCheck = Chance(2);
        var user = User();
        var (sources, destinations) = random.Next(3) switch
        {
            0 => (ImmutableArray.Create(user), ImmutableArray.Create<Alias>(user, new AutogroupAlias(Autogroup.Self))),
            1 => (Some(Owner), [new AutogroupAlias(Autogroup.Self), new AutogroupAlias(Autogroup.Member)]),
            _ => (Some(Person), [new AutogroupAlias(Autogroup.Tagged), .. _names.TagOwners.Keys.Select(tag => new TagAlias(tag))]),
        };
        return new SshPolicyRule(default)
        {
            Check = isCheck,
            Sources = sources,
            Destinations = destinations,
            Users = ["root", .. Some(() => Pick("autogroup:nonroot", "localpart:*@example.com", "é", "\u0001x"))],
            CheckPeriod = isCheck
                ? Pick(TimeSpan.Zero, TimeSpan.FromHours(12), TimeSpan.FromTicks(random.NextInt64(TimeSpan.FromHours(168).Ticks)))
                : SshPolicyRule.DefaultCheckPeriod,
            AcceptEnv = Some(() => Pick("GIT_*", " X", "😀")),
            Recorders = [.. _names.TagOwners.Keys.Where(_ => Chance(2))],
            EnforceRecorder = Chance(2),
            SourcePostures = SomePostures(),
        };
    }

    private NodeAttributeRule Attributes() => new(default)
    {
        Targets = Some(() => OneOf<Alias>(new WildcardAlias(), Person(), new PrefixAlias(Pick(Prefixes)))),
        Attributes = Some(() => Pick(Words)),
        IpPool = Some(() => IpPrefix.Parse(Pick("100.80.0.0/16", "100.90.1.0/24"))),
        App = Capabilities(),
    };

    private AccessTest Test() => new(default)
    {
        Source = Pick(Logins),
        Protocol = Chance(2) ? null : Pick("tcp", "", "17"),
        Accept = Some(() => Pick(Words)),
        Deny = Some(() => Pick(Words)),
        SourceAttributes = Values(),
    };

    private SshTest SshTest() => new(default)
    {
        Source = Pick(Logins),
        Destinations = Some(() => Pick("alice@", "nobody", "10.0.0.1", "autogroup:member")),
        Accept = Some(() => Pick(Words)),
        Check = Some(() => Pick(Words)),
        Deny = Some(() => Pick(Words)),
        SourceAttributes = Values(),
    };

    private DerpMap Relays()
    {
        var nodes = Some(() => new DerpNode
        {
            Name = Pick(Words),
            RegionId = 900,
            HostName = "relay.example.com",
            CertName = Chance(2) ? null : "",
            Ipv4 = Chance(2) ? null : "192.0.2.1",
            Ipv6 = Chance(2) ? null : "none",
            StunPort = random.Next(-1, 3),
            StunOnly = Chance(2),
            DerpPort = random.Next(3),
            InsecureForTests = Chance(2),
            StunTestIp = Chance(2) ? null : "192.0.2.1",
            CanPort80 = Chance(2),
        });
        var region = new DerpRegion
        {
            RegionId = 900,
            RegionCode = Pick(Words),
            RegionName = Pick(Words),
            Latitude = Chance(2) ? 0 : random.NextDouble(),
            Longitude = Chance(2) ? 0 : -random.NextDouble() * 1e-9,
            Avoid = Chance(2),
            NoMeasureNoHome = Chance(2),
            Nodes = WireList.CopyOf(nodes),
        };
        return new DerpMap
        {
            OmitDefaultRegions = Chance(2),
            Regions = Chance(2) ? WireMap.CopyOf<int, DerpRegion?>([new(900, region)]) : WireMap.Empty<int, DerpRegion?>(),
        };
    }

    private Alias Source() => Chance(3) ? Address() : OneOf(Owner(), Tag(), new AutogroupAlias(Pick(Autogroup.Tagged, Autogroup.DangerAll, Autogroup.Shared)));

    private Alias Destination() => Chance(3) ? Address() : OneOf(Owner(), Tag(), new AutogroupAlias(Pick(Autogroup.Tagged, Autogroup.Internet)));

    private Alias Address() => OneOf(
        new PrefixAlias(Pick(Prefixes)),
        new RangeAlias(IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.9")),
        new RangeAlias(IPAddress.Parse("fd00::"), IPAddress.Parse("fd00::9")),
        new ServiceAlias("svc:db-1"),
        _names.Hosts.Count > 0 ? Named(_names.Hosts, (name, prefix) => new HostAlias(name, prefix)) : new WildcardAlias(),
        _names.IpSets.Count > 0 ? Named(_names.IpSets, (name, _) => new IpSetAlias(name)) : new WildcardAlias());

    /// <summary>Those who have nodes of their own.</summary>
    private Alias Owner() => OneOf(User(), Group(), new DomainUsersAlias("example.com"), new AutogroupAlias(Autogroup.Member), new AutogroupAlias(Pick(Roles)));

    private Alias Person() => OneOf(User(), Group(), Tag(), new DomainUsersAlias("example.com"), new AutogroupAlias(Pick(Roles)));

    private Alias User() => new UserAlias(Pick(Logins));

    private Alias Group() => _names.Groups.Count > 0 ? Named(_names.Groups, (name, _) => new GroupAlias(name)) : User();

    private Alias Tag() => _names.TagOwners.Count > 0 ? Named(_names.TagOwners, (name, _) => new TagAlias(name)) : User();

    private Alias Named<T>(ImmutableDictionary<string, T> table, Func<string, T, Alias> make)
    {
        var (name, value) = Pick(table.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray());
        return make(name, value);
    }

    private ImmutableArray<PortRange> Ports()
    {
        ushort port = (ushort)random.Next(1, 65535);
        return Pick<ImmutableArray<PortRange>>(
            [PortRange.All],
            [PortRange.Single(port)],
            [new PortRange { First = 0, Last = port }, PortRange.Single(22), PortRange.Single(22)]);
    }

    private ImmutableArray<GrantedCapability> Capabilities() =>
    [
        .. Names("example.com/", "a", "b\"c", "d/e").Select(name => new GrantedCapability(
            name,
            Chance(4) ? null : WireList.CopyOf(Some(Value)))),
    ];

    private RawJson Value() => RawJson.Parse(Pick("1.50", "-0", "null", "true", "\"é\\u0001\"", "[]", "{}", """{"b":[1,{"a":null}],"A":"x"}"""));

    private ImmutableDictionary<string, RawJson> Values() => Names("node:", "os", "x y").ToImmutableDictionary(name => name, _ => Value());

    private PostureCondition Condition()
    {
        var wanted = Pick(Enum.GetValues<PostureOperator>());
        RawJson[] values = [RawJson.FromString(Pick(Words)), RawJson.FromString("it's \\"), RawJson.True, RawJson.Parse("1.5")];
        return new PostureCondition(Pick("node:os", "custom:a_b-c.d"), wanted, wanted switch
        {
            PostureOperator.IsSet or PostureOperator.NotSet => [],
            PostureOperator.In or PostureOperator.NotIn => [.. values.Where(_ => Chance(2)), values[0]],
            _ => [Pick(values)],
        });
    }

    private ImmutableArray<string> SomePostures() => [.. _names.Postures.Keys.Where(_ => Chance(3))];

    private static ImmutableDictionary<string, T> Table<T>(IEnumerable<string> names, Func<T> make) =>
        names.ToImmutableDictionary(name => name, _ => make());

    private List<string> Names(string prefix, params string[] names) => [.. names.Where(_ => Chance(2)).Select(name => prefix + name)];

    private ImmutableArray<T> Some<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private T? Maybe<T>(Func<T> make)
        where T : struct => Chance(3) ? null : make();

    private T OneOf<T>(params T[] items) => Pick(items);

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    private bool Chance(int times) => random.Next(times) == 0;
}
