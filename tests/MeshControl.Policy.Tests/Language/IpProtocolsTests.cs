using MeshControl.Policy.Language;

namespace MeshControl.Policy.Tests.Language;

public sealed class IpProtocolsTests
{
    [Theory]
    [InlineData("icmp", 1)]
    [InlineData("igmp", 2)]
    [InlineData("ipv4", 4)]
    [InlineData("ip-in-ip", 4)]
    [InlineData("tcp", 6)]
    [InlineData("TCP", 6)]
    [InlineData("egp", 8)]
    [InlineData("igp", 9)]
    [InlineData("udp", 17)]
    [InlineData("gre", 47)]
    [InlineData("esp", 50)]
    [InlineData("ah", 51)]
    [InlineData("ipv6-icmp", 58)]
    [InlineData("sctp", 132)]
    [InlineData("fc", 133)]
    [InlineData("6", 6)]
    [InlineData("255", 255)]
    public void TryParse_NameOrNumber_IsItsNumber(string text, int expected)
    {
        Assert.True(IpProtocols.TryParse(text, out var protocol));
        Assert.Equal(expected, protocol);
        Assert.True(IpProtocols.TryParse(IpProtocols.NameOf(protocol), out var again));
        Assert.Equal(expected, again);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("06")]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("tcp ")]
    [InlineData("foo")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(IpProtocols.TryParse(text, out _));
}
