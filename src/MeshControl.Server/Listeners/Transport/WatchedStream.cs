using MeshControl.Derp.Http;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>
/// A connection's stream as the web server expects it: that the peer is gone is told once, by the reading side, and whoever still writes
/// then is not troubled with it.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="onEnd">Is told, perhaps more than once, that the peer is gone.</param>
internal sealed class WatchedStream(Stream inner, Action onEnd) : AsyncOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (ObjectDisposedException exception)
        {
            // Closed on our side, which is no fault of anybody's.
            onEnd();
            throw new ConnectionAbortedException("The connection was ended.", exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            onEnd();
            throw;
        }

        if (count == 0 && !buffer.IsEmpty)
        {
            onEnd();
        }

        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            onEnd();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
