using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Noise;

/// <summary>Hands finished channels to Kestrel, which speaks HTTP/2 in them as on any other connection.</summary>
internal sealed class NoiseListener : IConnectionListener
{
    /// <summary>Channels that Kestrel has not picked up yet; it does so at once, so more means that it is stuck.</summary>
    private const int Backlog = 4096;

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    public EndPoint EndPoint { get; } = new NoiseEndPoint();

    /// <returns>False when the server stops or the backlog is full: the caller closes the channel.</returns>
    public bool TryEnqueue(ConnectionContext connection) => _accepted.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();
        return default;
    }
}
