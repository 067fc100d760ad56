using System.Threading.Tasks.Sources;

namespace MeshControl.Server.Listeners.Polling;

/// <summary>
/// One direction of a socket: whether it is worth trying to read, or to write. The system says it once when it becomes so, perhaps before
/// anybody asks.
/// <code>
/// Begin ─► try ─► it would have to wait ─► await WaitAsync ─► Begin ─► ...
///           └─► done
/// </code>
/// What is said after Begin is not lost. One waits at a time.
/// </summary>
internal sealed class Readiness : IValueTaskSource
{
    private readonly Lock _gate = new();

    // Guarded by the lock; whoever takes _waiting away tells the source.
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _waiting;
    private bool _ready;

    /// <summary>What was said up to now is what the coming try finds out.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _ready = false;
        }
    }

    /// <summary>Done when there is something new since <see cref="Begin"/>. It is not said what.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_ready)
            {
                return default;
            }

            _source.Reset();
            _waiting = true;
            return new ValueTask(this, _source.Version);
        }
    }

    /// <summary>There is something new.</summary>
    /// <param name="inPlace">Whether whoever waits goes on on this very thread, before the call returns; else on one of the pool.</param>
    public void Signal(bool inPlace)
    {
        lock (_gate)
        {
            _ready = !_waiting;
            if (_ready)
            {
                return;
            }

            _waiting = false;
        }

        _source.RunContinuationsAsynchronously = !inPlace;
        _source.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
