using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Listeners.Polling;

namespace MeshControl.Server.Tests.Listeners.Polling;

/// <summary>Two ends of a connection, of which one is polled.</summary>
internal sealed class PolledPair : IDisposable
{
    /// <summary>No socket of the loopback takes so many bytes while nobody reads.</summary>
    public const int MoreThanFits = 32 << 20;

    private PolledPair(Socket socket, Socket peer)
    {
        (Socket, Peer) = (socket, peer);
        Polled = new PolledStream(socket);
    }

    public Socket Socket { get; }

    public Socket Peer { get; }

    public PolledStream Polled { get; }

    public static async Task<PolledPair> ConnectAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        return new PolledPair(await listener.AcceptAsync(cancellationToken), peer);
    }

    public void Dispose()
    {
        Polled.Dispose();
        Socket.Dispose();
        Peer.Dispose();
    }
}
