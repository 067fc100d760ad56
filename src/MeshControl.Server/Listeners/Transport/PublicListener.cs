using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>Accepts public connections and leaves their sockets alone: what becomes of one, its first bytes tell.</summary>
internal sealed class PublicListener(Socket socket, SocketConnectionContextFactory plain, MemoryPool<byte> pool, TimeProvider time)
    : IConnectionListener
{
    /// <summary>The system has no descriptor or memory left for a connection: asked again at once it would only say so again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (Wrap(await socket.AcceptAsync(cancellationToken)) is { } connection)
                {
                    return connection;
                }
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The peer left while it was in the backlog.
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        pool.Dispose();
        return default;
    }

    /// <returns>Null when the peer has left.</returns>
    private PublicConnection? Wrap(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
            return new PublicConnection(accepted, plain, pool);
        }
        catch (SocketException)
        {
            accepted.Dispose();
            return null;
        }
    }
}
