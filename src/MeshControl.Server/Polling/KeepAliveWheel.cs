namespace MeshControl.Server.Polling;

/// <summary>
/// One timer for the keep-alives of all streams: a wheel of one-second slots. A stream whose turn comes is asked for a
/// keep-alive if it has been silent for the whole interval, and put off by what is left of it otherwise.
/// </summary>
internal sealed class KeepAliveWheel : IAsyncDisposable
{
    /// <summary>A silent client gives up after 120 s; this leaves it one lost interval.</summary>
    public const int IntervalSeconds = 50;

    /// <summary>Spreads streams that began together.</summary>
    public const int JitterSeconds = 9;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<MapStream>[] _slots = [.. Enumerable.Range(0, IntervalSeconds + JitterSeconds + 1).Select(_ => new HashSet<MapStream>())];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _turning;
    private int _seconds;
    private uint _random = 2_463_534_242;

    public KeepAliveWheel(TimeProvider time) => _turning = TurnAsync(time);

    /// <summary>Seconds since the wheel began to turn.</summary>
    public int Seconds => Volatile.Read(ref _seconds);

    public void Add(MapStream stream)
    {
        lock (_gate)
        {
            Place(stream, IntervalSeconds);
        }
    }

    public void Remove(MapStream stream)
    {
        lock (_gate)
        {
            if (stream.Slot >= 0)
            {
                _slots[stream.Slot].Remove(stream);
                stream.Slot = -1;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _turning;
        _stopping.Dispose();
    }

    private async Task TurnAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var began = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                // On a busy machine one tick stands for several; what counts for clients is the clock.
                for (var now = (int)time.GetElapsedTime(began).TotalSeconds; _seconds < now;)
                {
                    Turn();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Turn()
    {
        lock (_gate)
        {
            Volatile.Write(ref _seconds, _seconds + 1);
            var slot = _seconds % _slots.Length;
            var due = _slots[slot];
            if (due.Count == 0)
            {
                return;
            }

            _slots[slot] = [];
            foreach (var stream in due)
            {
                var silent = _seconds - stream.LastWrite;
                if (silent >= IntervalSeconds)
                {
                    stream.RequestKeepAlive();
                    silent = 0;
                }

                Place(stream, IntervalSeconds - silent);
            }
        }
    }

    private void Place(MapStream stream, int delay)
    {
        // Any spread will do here: xorshift (Marsaglia), seeded by nothing.
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        stream.Slot = (_seconds + delay + (int)(_random % (JitterSeconds + 1))) % _slots.Length;
        _slots[stream.Slot].Add(stream);
    }
}
