namespace MeshControl.Derp.Http;

/// <summary>Ends a connection that a web server owns: what waits fails, and the rest is left to the web server.</summary>
internal sealed class LinkEnd : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public CancellationToken Token => _ended.Token;

    /// <summary>From any thread, as often as one likes, and also afterwards.</summary>
    public void Abort()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    public void Dispose() => _ended.Dispose();
}
