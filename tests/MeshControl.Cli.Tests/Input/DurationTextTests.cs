using MeshControl.Cli.Input;

namespace MeshControl.Cli.Tests.Input;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("30m", 1800)]
    [InlineData("1h", 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("90d", 90 * 86400)]
    [InlineData("2w", 14 * 86400)]
    [InlineData("1y", 365 * 86400)]
    [InlineData("1d2h3m4s5ms", 86400 + 7200 + 180 + 4.005)]
    [InlineData("1.5h", 5400)]
    [InlineData("0", 0)]
    [InlineData("100y", 100L * 365 * 86400)]
    public void TryParse_Durations(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("1x")]
    [InlineData("1H")]
    [InlineData("-1h")]
    [InlineData("+1h")]
    [InlineData("1 h")]
    [InlineData(" 1h")]
    [InlineData("1h ")]
    [InlineData("1..5h")]
    [InlineData("1h30")]
    [InlineData("100y1ms")]
    [InlineData("99999999999999999999999999y")]
    [InlineData("9999999999999999999999999999999999y")]
    [InlineData("١h")]
    public void TryParse_OtherText_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
