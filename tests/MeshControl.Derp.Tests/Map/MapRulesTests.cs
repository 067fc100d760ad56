using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Tests.Map;

/// <summary>Rules 1 to 9 of the reference.</summary>
public sealed class MapRulesTests
{
    private static readonly DerpNode Good = Maps.Node("a");

    public static TheoryData<string, DerpNode, string> BadNodes => new()
    {
        { "name", Good with { Name = "" }, "no name" },
        { "no host", Good with { HostName = "" }, "no hostname" },
        { "scheme", Good with { HostName = "https://relay.example" }, "not the name of a host" },
        { "port", Good with { HostName = "relay.example:443" }, "not the name of a host" },
        { "path", Good with { HostName = "relay.example/derp" }, "not the name of a host" },
        { "other region", Good with { RegionId = 901 }, "belongs to region 901" },
        { "derp port", Good with { DerpPort = 65536 }, "port that does not exist" },
        { "derp port below", Good with { DerpPort = -1 }, "port that does not exist" },
        { "stun port", Good with { StunPort = 65536 }, "port that does not exist" },
        { "stun port below", Good with { StunPort = -2 }, "port that does not exist" },
        { "v4", Good with { Ipv4 = "2001:db8::1" }, "none of its family" },
        { "v6", Good with { Ipv6 = "192.0.2.1" }, "none of its family" },
        { "name as address", Good with { Ipv4 = "relay.example" }, "none of its family" },
        { "no family", Good with { Ipv4 = "none", Ipv6 = "none" }, "neither an IPv4 nor an IPv6" },
        { "hash", Good with { CertName = "sha256-raw:00" }, "neither a name nor a hash" },
    };

    [Theory]
    [MemberData(nameof(BadNodes))]
    public void CheckPart_BadNode_IsAFaultWithItsPlace(string what, DerpNode node, string complaint)
    {
        var fault = Assert.Single(MapRules.CheckPart(Maps.Of((900, Region(Maps.Node("b"), node)))));

        Assert.NotEmpty(what);
        Assert.Contains(complaint, fault.Message, StringComparison.Ordinal);
        Assert.Contains(fault.Path, new[] { "regions.900.nodes[1]", "regions.900" });
        Assert.NotEmpty(fault.Remedy);
    }

    [Fact]
    public void CheckPart_LargestAndSmallestOfEverything_IsGood()
    {
        var node = Good with
        {
            DerpPort = 65535,
            StunPort = -1,
            Ipv4 = "192.0.2.1",
            Ipv6 = "none",
            CertName = "sha256-raw:" + new string('a', RelayText.HashDigits),
            RegionId = MapRules.MaxRegionId,
        };

        Assert.Empty(MapRules.CheckPart(Maps.Of((MapRules.MaxRegionId, Region(node) with { RegionId = MapRules.MaxRegionId }), (1, null))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(MapRules.MaxRegionId + 1)]
    public void CheckPart_NumberThatIsNone_IsAFaultAlsoForNull(int id)
    {
        Assert.Contains("not the number", Assert.Single(MapRules.CheckPart(Maps.Of((id, null)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckPart_RegionWithAnotherNumber_IsAFault()
    {
        var fault = Assert.Single(MapRules.CheckPart(Maps.Of((900, Maps.Region("a") with { RegionId = 901 }))));

        Assert.Equal("regions.900: The region stands under 900 but says that it is 901. Make both numbers the same.", fault.ToString());
    }

    [Fact]
    public void CheckPart_NothingToConnectTo_IsAFault()
    {
        Assert.Contains("no nodes", Assert.Single(MapRules.CheckPart(Maps.Of((1, new DerpRegion())))).Message, StringComparison.Ordinal);
        Assert.Contains("no nodes", Assert.Single(MapRules.CheckPart(Maps.Of((1, Maps.Region())))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "only STUN", Assert.Single(MapRules.CheckPart(Maps.Of((1, Region(Good with { StunOnly = true }))))).Message, StringComparison.Ordinal);
        Assert.Empty(MapRules.CheckPart(Maps.Of((1, Region(Good with { StunOnly = true }, Maps.Node("b"))))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void CheckPart_FactorThatClientsDisregard_IsAFault(double score)
    {
        var map = new DerpMap
        {
            HomeParams = new DerpHomeParams { RegionScore = WireMap.CopyOf([KeyValuePair.Create(900, score), KeyValuePair.Create(901, 0.01)]) },
        };

        Assert.Equal("homeparams.regionscore.900", Assert.Single(MapRules.CheckPart(map)).Path);
    }

    [Fact]
    public void CheckWhole_DuplicateNames_AreNamedWithTheirRegions()
    {
        var map = Maps.Of((1, Maps.Region("a", "b")), (2, Maps.Region("c", "a")));

        var fault = Assert.Single(MapRules.CheckWhole(MapDefaults.Fill(map)));

        Assert.Contains("2 nodes are called a, in region 1 and region 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckWhole_NoHome_IsAFaultButNoRegionIsNone()
    {
        Assert.Contains(
            "can be a client's home",
            Assert.Single(MapRules.CheckWhole(Maps.Of((1, Maps.Region("a") with { NoMeasureNoHome = true })))).Message,
            StringComparison.Ordinal);
        Assert.Empty(MapRules.CheckWhole(Maps.Of((1, Maps.Region("a") with { NoMeasureNoHome = true }), (2, Maps.Region("b")))));
        Assert.Empty(MapRules.CheckWhole(Maps.Of()));
    }

    [Fact]
    public void Fill_WhatIsMissing_FollowsFromItsPlace()
    {
        var map = MapDefaults.Fill(Maps.Of((900, Maps.Region("a")), (1, null), (5, Maps.Region("b") with { RegionCode = "c", RegionName = "n" })));

        var region = map.Regions![900]!;
        Assert.Equal((900, "900", "Region 900", 900), (region.RegionId, region.RegionCode, region.RegionName, region.Nodes![0].RegionId));
        Assert.Equal(("c", "n"), (map.Regions[5]!.RegionCode, map.Regions[5]!.RegionName));
        Assert.Null(map.Regions[1]);
    }

    [Fact]
    public void WithChecks_UncheckedNodes_AreFoundAndChecked()
    {
        var map = Maps.Of((1, Region(Good, Maps.Node("b") with { InsecureForTests = true })), (2, null));

        Assert.Equal(["regions.1.nodes[1]"], MapRules.Unchecked(map).Select(found => found.Path));
        Assert.Empty(MapRules.Unchecked(MapRules.WithChecks(map)));
        Assert.Equal(Maps.Of((1, Region(Good, Maps.Node("b"))), (2, null)), MapRules.WithChecks(map));
    }

    [Theory]
    [InlineData("Relay.Example.org.", "relay.example.org")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:DB8::0:1", "2001:db8::1")]
    [InlineData("localhost", "localhost")]
    [InlineData("1", "1")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("a..b", null)]
    [InlineData("-a.example", null)]
    [InlineData("a_b.example", null)]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("relay.example:443", null)]
    public void Host_Text_IsNormalisedOrNone(string text, string? expected)
    {
        Assert.Equal(expected, RelayText.Host(text));
    }

    [Fact]
    public void Host_NamesLongerThanNamesCanBe_AreNone()
    {
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{new string('b', 61)}";

        Assert.Equal(longest, RelayText.Host(longest));
        Assert.Null(RelayText.Host(longest + "b"));
        Assert.Null(RelayText.Host(label + "a.example"));
    }

    [Fact]
    public void CertName_Hash_IsLowerCaseAsClientsCompareIt()
    {
        Assert.Equal("sha256-raw:" + new string('a', 64), RelayText.CertName("sha256-raw:" + new string('A', 64)));
        Assert.Null(RelayText.CertName("sha256-raw:" + new string('g', 64)));
        Assert.Equal("relay.example", RelayText.CertName("Relay.Example"));
    }

    private static DerpRegion Region(params DerpNode[] nodes) => new() { Nodes = WireList.CopyOf(nodes) };
}
