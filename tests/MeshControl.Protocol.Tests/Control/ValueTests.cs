using System.Net;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>The values that messages are made of.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("100.64.0.1/32", "100.64.0.1/32")]
    [InlineData("10.1.2.3/8", "10.1.2.3/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("FD7A:115C:A1E0:0:0:0:0:1/128", "fd7a:115c:a1e0::1/128")]
    [InlineData("::/0", "::/0")]
    [InlineData("::1.2.3.4/96", "::102:304/96")]
    [InlineData("fe80::5efe:1.2.3.4/64", "fe80::5efe:102:304/64")]
    [InlineData("::ffff:1.2.3.4/128", "::ffff:1.2.3.4/128")]
    [InlineData("1:0:2:3:4:5:6:7/128", "1:0:2:3:4:5:6:7/128")]
    [InlineData("1:0:0:2:0:0:0:3/128", "1:0:0:2::3/128")]
    [InlineData("1:0:0:2:3:0:0:4/128", "1::2:3:0:0:4/128")]
    [InlineData("fd00:0:0:0:0:0:0:0/8", "fd00::/8")]
    public void IpPrefix_ParsedAndPrinted_IsCanonical(string text, string expected)
    {
        Assert.Equal(expected, IpPrefix.Parse(text).ToString());
        Assert.Equal(IpPrefix.Parse(expected), IpPrefix.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/08")]
    [InlineData("10.0.0.1/+8")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0/8")]
    [InlineData("010.0.0.1/8")]
    [InlineData("0x0a.0.0.1/8")]
    [InlineData("fd00::/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[fd00::]/64")]
    [InlineData("10.0.0.1 /8")]
    public void IpPrefix_InAnotherForm_IsRefused(string text)
    {
        Assert.False(IpPrefix.TryParse(text, out var prefix));
        Assert.Equal(default, prefix);
        Assert.Throws<FormatException>(() => IpPrefix.Parse(text));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.0/16", true)]
    [InlineData("10.0.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.1.2.3/8", "10.9.9.9/32", true)]
    [InlineData("0.0.0.0/0", "203.0.113.1/32", true)]
    [InlineData("0.0.0.0/0", "::1/128", false)]
    [InlineData("fd00::/8", "fd7a::1/128", true)]
    [InlineData("fd00::/8", "fe00::1/128", false)]
    public void IpPrefix_Contains_GoesByNetwork(string outer, string inner, bool expected)
    {
        Assert.Equal(expected, IpPrefix.Parse(outer).Contains(IpPrefix.Parse(inner)));
        Assert.False(default(IpPrefix).Contains(IpPrefix.Parse(inner)));
    }

    [Fact]
    public void IpPrefix_Masked_LosesItsHostBits()
    {
        Assert.Equal("10.0.0.0/9", IpPrefix.Parse("10.1.2.3/9").Masked().ToString());
        Assert.Equal("0.0.0.0/0", IpPrefix.Parse("255.255.255.255/0").Masked().ToString());
        Assert.Equal("fd7a:115c::/32", IpPrefix.Parse("fd7a:115c:a1e0::1/32").Masked().ToString());
        Assert.Equal((false, true), (IpPrefix.Parse("10.0.0.1/8").IsMasked, IpPrefix.Parse("10.0.0.1/32").IsMasked));
        Assert.Equal((true, true), (IpPrefix.Parse("fd00::1/128").IsMasked, IpPrefix.Parse("fd00::1/128").IsSingleAddress));
    }

    [Fact]
    public void IpPrefix_Sorted_HasIpv4First()
    {
        string[] expected = ["0.0.0.0/0", "9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "200.0.0.0/8", "::/0", "fd00::/8"];
        Assert.Equal(expected, expected.Reverse().Select(IpPrefix.Parse).Order().Select(prefix => prefix.ToString()));
    }

    [Fact]
    public void IpPrefix_OfAddress_GivesItBack()
    {
        foreach (var text in (string[])["100.64.0.1", "255.255.255.255", "fd7a:115c:a1e0::1"])
        {
            var address = IPAddress.Parse(text);
            Assert.Equal(address, IpPrefix.Single(address).Address);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new IpPrefix(IPAddress.Loopback, 33));
        Assert.Equal((false, ""), (default(IpPrefix).IsValid, default(IpPrefix).ToString()));
    }

    [Theory]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+24:00")]
    public void WireTime_BeforeTheFirstYear_IsZero(string text)
    {
        Assert.True(WireTime.TryParse(text, out var time));
        Assert.Equal(WireTime.Zero, time);
    }

    [Fact]
    public void WireTime_AfterTheLastYear_IsTheEnd()
    {
        Assert.True(WireTime.TryParse("9999-12-31T23:59:59-10:00", out var time));
        Assert.Equal(DateTimeOffset.MaxValue, time);
    }

    [Theory]
    [InlineData(".1", 1000000)]
    [InlineData(".1234567", 1234567)]
    [InlineData(".123456789", 1234567)]
    [InlineData(".00000000000000000001", 0)]
    public void WireTime_Fraction_IsCutToTicks(string fraction, long ticks)
    {
        Assert.True(WireTime.TryParse($"2026-08-04T10:11:12{fraction}Z", out var time));
        Assert.Equal(ticks, time.Ticks % TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void RawJson_SameMeaning_IsEqual()
    {
        Assert.Equal(RawJson.Parse("""{"a":[1,"é"]}"""), RawJson.Parse("""{ "a" : [ 1, "\u00e9" ] }"""));
        Assert.NotEqual(RawJson.Parse("1"), RawJson.Parse("1.0"));
        Assert.Equal("1.50", RawJson.Parse(" 1.50 ").ToString());
        Assert.Equal(default, RawJson.Parse("null"));
        Assert.Equal("null", default(RawJson).ToString());
        Assert.Equal(
            (RawJson.True, RawJson.Parse("7"), RawJson.Parse("\"a\\\"b\"")),
            (RawJson.FromBoolean(true), RawJson.FromNumber(7), RawJson.FromString("a\"b")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("[1,]")]
    [InlineData("\"\\ud800\"")]
    public void RawJson_NotOneValue_IsRefused(string text) => Assert.ThrowsAny<JsonException>(() => RawJson.Parse(text));

    [Fact]
    public void Collections_Compared_GoByContent()
    {
        WireList<int> list = [1, 2];
        Assert.Equal(list, WireList.CopyOf(new List<int> { 1, 2 }));
        Assert.NotEqual(list, [2, 1]);
        WireSet<int> set = [1, 2];
        Assert.True(set.Equals([2, 1, 1]));
        Assert.False(set.Equals([1, 3]));
        var map = WireMap.CopyOf<string, int>([new("a", 1), new("b", 2)]);
        Assert.True(map.Equals(WireMap.CopyOf<string, int>([new("b", 2), new("a", 0), new("a", 1)])));
        Assert.False(map.Equals(WireMap.CopyOf<string, int>([new("a", 1), new("c", 2)])));
        Assert.Equal(["a", "b"], map.Keys);
    }

    [Fact]
    public void RegisterAuth_Printed_HidesTheKey() =>
        Assert.DoesNotContain("hskey", new RegisterRequest { Auth = new RegisterAuth { AuthKey = "hskey-auth-abc" } }.ToString());

    [Theory]
    [InlineData(112, false, "1.78")]
    [InlineData(113, true, "1.80")]
    [InlineData(138, true, "1.98")]
    [InlineData(145, true, "1.102")]
    [InlineData(999, true, "1.104")]
    [InlineData(1, false, null)]
    public void CapabilityVersions_KnowReleases(int version, bool supported, string? release)
    {
        Assert.Equal(supported, CapabilityVersions.IsSupported(version));
        Assert.Equal(release, CapabilityVersions.ReleaseOf(version));
    }

    [Fact]
    public void CapabilityVersions_Minimum_IsDescribedByItsRelease()
    {
        Assert.Contains("1.80", CapabilityVersions.DescribeMinimum);
        Assert.Equal("1.86", CapabilityVersions.FirstReleaseWith(CapabilityVersions.PeerRelay));
        Assert.Null(CapabilityVersions.FirstReleaseWith(CapabilityVersions.Latest + 1));
    }
}
