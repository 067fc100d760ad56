namespace MeshControl.Fuzz.Engine;

/// <summary>
/// Looks from outside at which input is being worked on, and reports one that takes too long, also one that never ends. It goes
/// by processor time, so that a busy machine is no finding.
/// </summary>
public sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _limit;
    private readonly Action<long> _report;
    private readonly Timer _timer;
    private long _index = -1;
    private long _seen = -1;
    private TimeSpan _seenAt;
    private long _reported = -1;

    /// <param name="limit">Most that one input may cost.</param>
    /// <param name="report">Called with the index, from another thread.</param>
    public Watchdog(TimeSpan limit, Action<long> report)
    {
        _limit = limit;
        _report = report;
        _timer = new Timer(_ => Look(), null, Pace, Pace);
    }

    /// <summary>Says what is worked on now.</summary>
    public void Begin(long index) => Volatile.Write(ref _index, index);

    public void Dispose()
    {
        using var stopped = new ManualResetEvent(false);
        _timer.Dispose(stopped);
        stopped.WaitOne();
    }

    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;

    private void Look()
    {
        var index = Volatile.Read(ref _index);
        var now = ProcessorTime();
        if (index != _seen)
        {
            (_seen, _seenAt) = (index, now);
        }
        else if (index >= 0 && index != _reported && now - _seenAt > _limit)
        {
            _reported = index;
            _report(index);
        }
    }
}
