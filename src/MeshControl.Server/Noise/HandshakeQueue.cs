namespace MeshControl.Server.Noise;

/// <summary>
/// How many handshakes are computed at once. Each costs some key agreements, also one that turns out to be forged (92 µs), and anybody
/// may ask for one: a flood of them must leave processors to those who are connected. Those who wait stand in the order in which they
/// came, and are as many as there may be pending connections.
/// </summary>
internal sealed class HandshakeQueue(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);

    /// <summary>Half of the processors, but one at least.</summary>
    public static int MaxAtOnce { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <exception cref="OperationCanceledException">The peer left while it waited.</exception>
    public async Task<T> RunAsync<T>(Func<T> compute, CancellationToken cancellationToken)
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

    public void Dispose() => _free.Dispose();
}
