using MeshControl.Policy.Language;

namespace MeshControl.Policy.Tests.Language;

public sealed class PortRangesTests
{
    [Theory]
    [InlineData("*", "*")]
    [InlineData("22", "22")]
    [InlineData("0-65535", "*")]
    [InlineData("0-5", "0-5")]
    [InlineData("80-443", "80-443")]
    [InlineData("22,80-443", "22,80-443")]
    [InlineData("443,22, 22-22", "443,22,22")]
    [InlineData("1-65535", "1-65535")]
    public void TryParse_Ports_StayInTheOrderWritten(string text, string expected)
    {
        Assert.True(PortRanges.TryParse(text, out var ranges, out var problem), problem);
        Assert.Equal(expected, PortRanges.Format(ranges));
    }

    [Theory]
    [InlineData("ssh", "port range \"ssh\": invalid first integer")]
    [InlineData("", "port range \"\": invalid first integer")]
    [InlineData("22,", "port range \"\": invalid first integer")]
    [InlineData("22,*", "port range \"*\": invalid first integer")]
    [InlineData("65536", "port range \"65536\": invalid first integer")]
    [InlineData("-1", "port range \"-1\": invalid first integer")]
    [InlineData("0", "port range \"0\": first port must be >0, or use '*' for wildcard")]
    [InlineData("80-x", "port range \"80-x\": invalid last integer")]
    [InlineData("80-", "port range \"80-\": invalid last integer")]
    [InlineData("80-79", "port range \"80-79\": the last port must not be below the first")]
    [InlineData("0-0", "port range \"0-0\": port 0 cannot be reached; use '*' for all ports")]
    public void TryParse_NoPorts_AreRefused(string text, string expected)
    {
        Assert.False(PortRanges.TryParse(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }
}
