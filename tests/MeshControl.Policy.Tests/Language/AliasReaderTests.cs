using System.Net;
using MeshControl.Policy.Language;
using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Language;

public sealed class AliasReaderTests
{
    private static readonly PolicyFile Names = Read.Good(
        """
        {
          "groups": {"group:dev": []},
          "hosts": {"gateway": "10.0.0.1", "office-net": "10.1.0.0/16"},
          "tagOwners": {"tag:web": []},
          "ipsets": {"ipset:lab": ["10.2.0.0/16"]},
        }
        """);

    public static TheoryData<string, Alias, string> Forms() => new()
    {
        { "1.2.3.4", new PrefixAlias(IpPrefix.Parse("1.2.3.4/32")), "1.2.3.4" },
        { "fd7a::0001", new PrefixAlias(IpPrefix.Parse("fd7a::1/128")), "fd7a::1" },
        { "10.0.0.0/8", new PrefixAlias(IpPrefix.Parse("10.0.0.0/8")), "10.0.0.0/8" },
        { "10.1.2.3/8", new PrefixAlias(IpPrefix.Parse("10.0.0.0/8")), "10.0.0.0/8" },
        { "1.2.3.4/32", new PrefixAlias(IpPrefix.Parse("1.2.3.4/32")), "1.2.3.4" },
        { "fd00::/64", new PrefixAlias(IpPrefix.Parse("fd00::/64")), "fd00::/64" },
        { "*", new WildcardAlias(), "*" },
        { "user:*@example.com", new DomainUsersAlias("example.com"), "user:*@example.com" },
        { "alice@example.com", new UserAlias("alice@example.com"), "alice@example.com" },
        { "\talice@ ", new UserAlias("alice@"), "alice@" },
        { "group:dev", new GroupAlias("group:dev"), "group:dev" },
        { "tag:web ", new TagAlias("tag:web"), "tag:web" },
        { "autogroup:self", new AutogroupAlias(Autogroup.Self), "autogroup:self" },
        { "autogroup:members", new AutogroupAlias(Autogroup.Member), "autogroup:member" },
        { "svc:db-1", new ServiceAlias("svc:db-1"), "svc:db-1" },
        { "ipset:lab", new IpSetAlias("ipset:lab"), "ipset:lab" },
        { "1.2.3.4-1.2.3.9", new RangeAlias(IPAddress.Parse("1.2.3.4"), IPAddress.Parse("1.2.3.9")), "1.2.3.4-1.2.3.9" },
        { "fd00::1-fd00::f", new RangeAlias(IPAddress.Parse("fd00::1"), IPAddress.Parse("fd00::f")), "fd00::1-fd00::f" },
        { "gateway", new HostAlias("gateway", IpPrefix.Parse("10.0.0.1/32")), "gateway" },
        { "office-net", new HostAlias("office-net", IpPrefix.Parse("10.1.0.0/16")), "office-net" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void TryRead_EveryForm_IsKnown(string text, Alias expected, string canonical)
    {
        Assert.True(AliasReader.TryRead(text, Names, out var alias, out var problem), problem);
        Assert.Equal(expected, alias);
        Assert.Equal(canonical, alias.ToString());
    }

    [Theory]
    [InlineData("", "\"\": invalid address")]
    [InlineData("%bogus%", "\"%bogus%\": invalid address")]
    [InlineData("Gateway", "\"Gateway\": invalid address")]
    [InlineData("@", "\"@\": invalid address")]
    [InlineData("@example.com", "\"@example.com\": invalid address")]
    [InlineData("10.0.0", "\"10.0.0\": invalid address")]
    [InlineData("010.0.0.1", "\"010.0.0.1\": invalid address")]
    [InlineData("10.0.0.0/33", "\"10.0.0.0/33\": invalid address")]
    [InlineData("fe80::1%eth0", "\"fe80::1%eth0\": invalid address")]
    [InlineData("1.2.3.9-1.2.3.4", "\"1.2.3.9-1.2.3.4\": invalid address")]
    [InlineData("1.2.3.4-fd00::1", "\"1.2.3.4-fd00::1\": invalid address")]
    [InlineData("thing:x", "\"thing:x\": invalid address")]
    [InlineData("group:none", "group not found: \"group:none\"")]
    [InlineData("tag:none", "tag not found: \"tag:none\"")]
    [InlineData("tag:web@example.com", "tag not found: \"tag:web@example.com\"")]
    [InlineData("autogroup:none", "autogroup not found: \"autogroup:none\"")]
    [InlineData("ipset:none", "ipset not found: \"ipset:none\"")]
    [InlineData("svc:", "\"svc:\": a service is named svc: and letters, digits and dashes")]
    [InlineData("svc:a:b", "\"svc:a:b\": a service is named svc: and letters, digits and dashes")]
    [InlineData("user:*@", "\"user:*@\": user: must be followed by *@ and a domain; a single user is written without it")]
    [InlineData("user:a@b", "\"user:a@b\": user: must be followed by *@ and a domain; a single user is written without it")]
    public void TryRead_NobodyKnown_SaysWhy(string text, string expected)
    {
        Assert.False(AliasReader.TryRead(text, Names, out _, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Equals_SameMeaning_WrittenDifferently()
    {
        Assert.Equal(new UserAlias("alice@example.com"), new UserAlias("Alice@Example.COM"));
        Assert.Equal(new UserAlias("alice@example.com").GetHashCode(), new UserAlias("Alice@Example.COM").GetHashCode());
        Assert.NotEqual<Alias>(new TagAlias("tag:a"), new TagAlias("tag:A"));
        Assert.NotEqual<Alias>(new UserAlias("group:a"), new GroupAlias("group:a"));
    }
}
