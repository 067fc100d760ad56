using System.Net.WebSockets;

namespace MeshControl.Server.Noise;

/// <summary>
/// A WebSocket as the stream of bytes that a channel is made of. Its ends are those of a connection: a close message is the end
/// of the stream, and a peer that vanishes is an <see cref="IOException"/> to its reader, which the web server takes for what it is.
/// </summary>
internal sealed class WebSocketBytes(WebSocket socket) : Stream
{
    // Owned by the reading side. A read of nothing, which only waits, may be the one that meets the end.
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended)
        {
            return 0;
        }

        try
        {
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            while (received is { Count: 0, MessageType: not WebSocketMessageType.Close } && !buffer.IsEmpty);

            _ended = received.MessageType == WebSocketMessageType.Close;
            return received.Count;
        }
        catch (WebSocketException exception)
        {
            throw new IOException("The peer left without closing its WebSocket.", exception);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException)
        {
            // The peer is gone. As with the web server's own transports, it is the reading side that says so.
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
