namespace MeshControl.Server.Noise;

/// <summary>
/// How many handshakes are computed at once. Each costs some key agreements, also one that turns out to be forged (92 µs), and anybody
/// may ask for one: a flood of them must leave processors to those who are connected. Those who wait stand in the order in which they
/// came, and are as many as there may be pending connections.
/// </summary>
internal sealed class HandshakeQueue(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);
    private readonly Lock _gate = new();

    // Guarded by _gate: how many wait or are being computed, and who waits until there are none.
    private int _pending;
    private TaskCompletionSource? _none;

    /// <summary>Half of the processors, but one at least.</summary>
    public static int MaxAtOnce { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <exception cref="OperationCanceledException">The peer left while it waited.</exception>
    public async Task<T> RunAsync<T>(Func<T> compute, CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            await _free.WaitAsync(cancellationToken);
            try
            {
                return compute();
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            End();
        }
    }

    /// <summary>Waits for a moment in which no handshake waits or is computed.</summary>
    public Task WaitForNoneAsync()
    {
        lock (_gate)
        {
            return _pending == 0 ? Task.CompletedTask : (_none ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Dispose() => _free.Dispose();

    private void Begin()
    {
        lock (_gate)
        {
            _pending++;
        }
    }

    private void End()
    {
        TaskCompletionSource? none = null;
        lock (_gate)
        {
            if (--_pending == 0)
            {
                (none, _none) = (_none, null);
            }
        }

        none?.SetResult();
    }
}
