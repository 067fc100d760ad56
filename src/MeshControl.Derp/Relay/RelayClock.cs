using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Relay;

/// <summary>
/// The one timer of a relay: it ticks once a second and drives both wheels. Whatever happens to a connection is noted in whole seconds of
/// this clock, which cost nothing to read.
/// </summary>
internal sealed class RelayClock : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ITimer _timer;
    private int _seconds;
    private int _ticking;

    public RelayClock(TimeProvider time, ILogger logger)
    {
        KeepAlives = new TimingWheel<RelayConnection>(static connection => connection.OnSilence(), logger);
        Writes = new TimingWheel<Outbox>(static outbox => outbox.OnWatch(), logger);
        _time = time;
        _began = time.GetTimestamp();
        _timer = time.CreateTimer(_ => OnTick(), null, Tick, Tick);
    }

    /// <summary>Seconds since the relay began, rounded down.</summary>
    public int Seconds => Volatile.Read(ref _seconds);

    /// <summary>Asks silent connections for keep-alives.</summary>
    public TimingWheel<RelayConnection> KeepAlives { get; }

    /// <summary>Looks after writes that do not end.</summary>
    public TimingWheel<Outbox> Writes { get; }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void OnTick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            // On a busy machine one tick stands for several; what counts is the clock.
            for (var now = (int)_time.GetElapsedTime(_began).TotalSeconds; _seconds < now;)
            {
                Volatile.Write(ref _seconds, _seconds + 1);
                KeepAlives.Turn(_seconds);
                Writes.Turn(_seconds);
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }
}
