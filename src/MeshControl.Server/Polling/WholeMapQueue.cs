namespace MeshControl.Server.Polling;

/// <summary>
/// How many first maps of streams are rendered at once, in the order in which they were asked for. When all nodes connect at the same moment, as many as
/// there are processors make progress and the others hold no memory; handshakes, small messages and administrators wait for one map each, not
/// for thousands. What was rendered is sent outside of the turn, so a slow client keeps nobody waiting.
/// </summary>
internal sealed class WholeMapQueue(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);

    /// <summary>As many as there are processors.</summary>
    public static int MaxAtOnce { get; } = Environment.ProcessorCount;

    /// <summary>Renders in turn, on a thread of the pool.</summary>
    /// <exception cref="OperationCanceledException">The client left while it waited.</exception>
    public async Task<T> RunAsync<T>(Func<T> render, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return render();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
