using MeshControl.Core.Storage;

namespace MeshControl.Server;

/// <summary>
/// Whether the database works, for everybody who asks. Strangers may ask as often as they like: those who come within the same second
/// get the same answer, so the database is asked once.
/// </summary>
internal sealed class HealthCheck(IMeshStore store, TimeProvider time)
{
    /// <summary>How long an answer holds.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>How long the database may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private Task<bool>? _last;
    private long _asked;

    /// <returns>False when the database says that something is wrong, or says nothing.</returns>
    public Task<bool> PassesAsync()
    {
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_asked) >= Freshness))
            {
                _asked = time.GetTimestamp();
                // A database without asynchronous calls would otherwise be asked under the lock, and its time not be limited.
                _last = Task.Run(AskAsync);
            }

            return _last;
        }
    }

    private async Task<bool> AskAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            return await store.CheckHealthAsync(timeout.Token).WaitAsync(timeout.Token) is null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
