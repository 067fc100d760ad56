using System.Net.WebSockets;

namespace MeshControl.Derp.Http;

/// <summary>A WebSocket as a stream of bytes: where messages begin and end means nothing, and what is text ends it.</summary>
internal sealed class WebSocketStream(WebSocket socket, WebSocketEnd end) : AsyncOnlyStream
{
    // Owned by the reading side. A read of nothing, which only waits, may be the one that meets the end.
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended)
        {
            return 0;
        }

        using var either = Either(cancellationToken);
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer, either?.Token ?? end.Force);
            if (end.HasBegun)
            {
                throw new IOException("The relay has ended the connection.");
            }
        }
        while (received is { Count: 0, MessageType: WebSocketMessageType.Binary } && !buffer.IsEmpty);

        if (received.MessageType == WebSocketMessageType.Binary)
        {
            return received.Count;
        }

        _ended = true;
        if (received.MessageType == WebSocketMessageType.Text)
        {
            end.OnText();
        }

        return 0;
    }

    /// <summary>Each write is a message.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = Either(cancellationToken);
        await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, either?.Token ?? end.Force);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Only while a client logs in there is a token of its own.</summary>
    private CancellationTokenSource? Either(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Force) : null;
}
