namespace MeshControl.Server.Polling;

/// <summary>
/// Notices that a storm or a mass join is over: that many streams began at once, and that nothing has been going on for a while since.
/// Not thread-safe.
/// </summary>
internal sealed class StormWatch(TimeProvider time)
{
    /// <summary>How often it is to be asked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>So many streams that begin within an interval are a storm or a mass join; fewer leave little behind.</summary>
    public const int MinStreams = 200;

    /// <summary>Of a quiet server, no more begin within an interval.</summary>
    public const int MaxQuietStreams = 20;

    /// <summary>Of one core, no more is used by a quiet server; 10,000 idle clients need less than half of it.</summary>
    public const double MaxQuietShare = 0.2;

    /// <summary>So many quiet intervals, one after the other: whoever came last has asked all its first questions by then.</summary>
    public const int QuietIntervals = 3;

    private long _streams;
    private TimeSpan _used;
    private long _looked = time.GetTimestamp();
    private int _quiet;
    private bool _stormy;

    /// <param name="streams">That have begun so far.</param>
    /// <param name="used">Processor time of the process so far.</param>
    /// <returns>True once after each storm.</returns>
    public bool IsOver(long streams, TimeSpan used)
    {
        var now = time.GetTimestamp();
        var begun = streams - _streams;
        var share = (used - _used) / time.GetElapsedTime(_looked, now);
        (_streams, _used, _looked) = (streams, used, now);
        _stormy |= begun >= MinStreams;
        _quiet = begun <= MaxQuietStreams && share <= MaxQuietShare ? _quiet + 1 : 0;
        if (!_stormy || _quiet < QuietIntervals)
        {
            return false;
        }

        _stormy = false;
        return true;
    }
}
