namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>A clock that moves only between inputs, so that an input does the same whenever it runs. It has one timer, the relay's.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private long _now;
    private Action? _tick;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _tick = () => callback(state);
        return new Never();
    }

    /// <summary>A second later, on this thread.</summary>
    public void MoveOn()
    {
        _now += Step.Ticks;
        _tick?.Invoke();
    }

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
