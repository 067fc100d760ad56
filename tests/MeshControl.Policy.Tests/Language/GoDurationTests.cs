using MeshControl.Policy.Language;

namespace MeshControl.Policy.Tests.Language;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("1ns", 1, "1ns")]
    [InlineData("1.5us", 1_500, "1.5µs")]
    [InlineData("2µs", 2_000, "2µs")]
    [InlineData("2μs", 2_000, "2µs")]
    [InlineData("1.5ms", 1_500_000, "1.5ms")]
    [InlineData("30s", 30_000_000_000, "30s")]
    [InlineData("90s", 90_000_000_000, "1m30s")]
    [InlineData("150h", 540_000_000_000_000, "150h0m0s")]
    [InlineData("168h0m1s", 604_801_000_000_000, "168h0m1s")]
    [InlineData("-1m", -60_000_000_000, "-1m0s")]
    [InlineData("+1h", 3_600_000_000_000, "1h0m0s")]
    [InlineData("1h30m5.25s", 5_405_250_000_000, "1h30m5.25s")]
    [InlineData(".5h", 1_800_000_000_000, "30m0s")]
    [InlineData("1.h", 3_600_000_000_000, "1h0m0s")]
    [InlineData("1m1h", 3_660_000_000_000, "1h1m0s")]
    [InlineData("0.0000000000000000000000001h", 0, "0s")]
    [InlineData("9223372036854775807ns", long.MaxValue, "2562047h47m16.854775807s")]
    [InlineData("-9223372036854775808ns", long.MinValue, "-2562047h47m16.854775808s")]
    public void TryParse_Duration_IsReadAndPrinted(string text, long nanoseconds, string printed)
    {
        Assert.True(GoDuration.TryParse(text, out var parsed, out var problem), problem);
        Assert.Equal(nanoseconds, parsed);
        Assert.Equal(printed, GoDuration.Format(parsed));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData(".s", "time: invalid duration \".s\"")]
    [InlineData("1..5s", "time: missing unit in duration \"1..5s\"")]
    [InlineData("1h ", "time: unknown unit \"h \" in duration \"1h \"")]
    [InlineData("30", "time: missing unit in duration \"30\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("1H", "time: unknown unit \"H\" in duration \"1H\"")]
    [InlineData("1h30", "time: missing unit in duration \"1h30\"")]
    [InlineData("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\"")]
    [InlineData("3000000h", "time: invalid duration \"3000000h\"")]
    [InlineData("99999999999999999999999999999999999999999999h", "time: invalid duration \"99999999999999999999999999999999999999999999h\"")]
    public void TryParse_NoDuration_IsRefused(string text, string expected)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }
}
