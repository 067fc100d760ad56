using MeshControl.Server.Noise;

namespace MeshControl.Server.Polling;

/// <summary>
/// How many whole maps are rendered at once, in the order in which they were asked for. When all nodes connect at the same moment, a few make
/// progress and the others hold no memory. Clients wait two minutes for a map, but ten seconds for a handshake, and administrators not at all:
/// so one processor is left to them, each map goes to the end of the line of all that is to be done, and none begins while handshakes wait.
/// What was rendered is sent outside of the turn, so a slow client keeps nobody waiting.
/// </summary>
/// <param name="atOnce">How many.</param>
/// <param name="handshakes">Those that go first.</param>
/// <param name="time">Measures for how long.</param>
internal sealed class WholeMapQueue(int atOnce, HandshakeQueue handshakes, TimeProvider time) : IDisposable
{
    /// <summary>
    /// How long a map whose turn it is lets handshakes go first. Who floods the server with handshakes slows maps down to twenty a second and
    /// turn, and not further.
    /// </summary>
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _free = new(atOnce);

    /// <summary>All processors but one, and one at least.</summary>
    public static int MaxAtOnce { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Renders in turn, on a thread of the pool.</summary>
    /// <exception cref="OperationCanceledException">The client left while it waited.</exception>
    public async Task<T> RunAsync<T>(Func<T> render, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            await handshakes.WaitForNoneAsync()
                .WaitAsync(HandshakeLimit, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();

            // Not on the thread that the last turn ended on, which would take the next one before all that others have waited for longer.
            return await Task.Factory.StartNew(
                render, CancellationToken.None, TaskCreationOptions.PreferFairness | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
