namespace MeshControl.Testing.Time;

/// <summary>A timer of <see cref="ManualTimeProvider"/>, which guards <see cref="Due"/>.</summary>
internal sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period = Timeout.InfiniteTimeSpan;

    internal DateTimeOffset Due { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        owner.Schedule(this, dueTime);
        return true;
    }

    public void Dispose() => owner.Schedule(this, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire()
    {
        if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
        {
            owner.Schedule(this, _period);
        }

        callback(state);
    }
}
