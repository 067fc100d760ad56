using MeshControl.Server.Polling;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Polling;

/// <summary>When the heap is compacted: once after a storm, and not while the server has something to do.</summary>
public sealed class StormWatchTests
{
    private static readonly TimeSpan Idle = StormWatch.Interval * StormWatch.MaxQuietShare;

    private readonly ManualTimeProvider _time = new();
    private readonly StormWatch _watch;
    private long _streams;
    private TimeSpan _used;

    public StormWatchTests() => _watch = new StormWatch(_time);

    [Fact]
    public void IsOver_QuietAfterStorm_IsTrueOnce()
    {
        Assert.False(Look(StormWatch.MinStreams));
        for (var interval = 1; interval < StormWatch.QuietIntervals; interval++)
        {
            Assert.False(Look(0));
        }

        Assert.True(Look(0));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(Look(0)));

        // And once again after the next one.
        Assert.Equal(1, Wait(StormWatch.MinStreams));
    }

    [Fact]
    public void IsOver_StreamsComeAndGoOneByOne_IsNever()
    {
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(Look(StormWatch.MinStreams - 1)));
        Assert.Equal(0, Wait(0));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(Look(StormWatch.MaxQuietStreams)));
    }

    [Fact]
    public void IsOver_StreamsStillBegin_WaitsForThem()
    {
        Look(StormWatch.MinStreams);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(Look(StormWatch.MaxQuietStreams + 1)));
        Assert.Equal(1, Wait(StormWatch.MaxQuietStreams));
    }

    [Fact]
    public void IsOver_ServerIsBusy_WaitsUntilItIsNot()
    {
        Look(StormWatch.MinStreams);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(Look(0, Idle * 1.01)));
        Assert.Equal(1, Wait(0));
    }

    [Fact]
    public void IsOver_AskedTooLate_CountsProcessorTimeByTheClock()
    {
        Look(StormWatch.MinStreams);
        var over = 0;
        for (var interval = 0; interval < StormWatch.QuietIntervals; interval++)
        {
            _time.Advance(StormWatch.Interval);
            over += Look(0, Idle * 2) ? 1 : 0;
        }

        Assert.Equal(1, over);
    }

    /// <summary>Ten intervals; in the first one so many streams begin.</summary>
    private int Wait(int streams) => Enumerable.Range(0, 10).Count(interval => Look(interval == 0 ? streams : 0));

    private bool Look(int streams) => Look(streams, Idle);

    private bool Look(int streams, TimeSpan used)
    {
        _time.Advance(StormWatch.Interval);
        _streams += streams;
        _used += used;
        return _watch.IsOver(_streams, _used);
    }
}
