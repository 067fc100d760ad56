using MeshControl.Derp.Diagnostics;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Diagnostics;

public sealed class LogThrottleTests
{
    [Fact]
    public void TryPass_BeyondTheLines_IsCountedUntilTheNextMinute()
    {
        var time = new ManualTimeProvider();
        var throttle = new LogThrottle(time, linesPerMinute: 2);

        Assert.Equal([(true, 0), (true, 0), (false, 0), (false, 0)], Pass(throttle, 4));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([(false, 0)], Pass(throttle, 1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(true, 3), (true, 0), (false, 0)], Pass(throttle, 3));
    }

    private static List<(bool Passed, long Suppressed)> Pass(LogThrottle throttle, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (throttle.TryPass(out var suppressed), suppressed))];
}
