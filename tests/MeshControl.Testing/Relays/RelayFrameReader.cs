using System.Buffers.Binary;

namespace MeshControl.Testing.Relays;

/// <summary>Takes frames from a stream, whatever pieces it comes in. For one caller at a time.</summary>
/// <param name="stream">Borrowed.</param>
/// <param name="begun">What was read of it already.</param>
public sealed class RelayFrameReader(Stream stream, byte[] begun)
{
    private ReadOnlyMemory<byte> _begun = begun;

    /// <summary>Reads until a frame is whole.</summary>
    /// <returns>Null when the stream ended between two frames, properly or by a reset.</returns>
    /// <exception cref="RelayProtocolException">It ended within a frame, or the frame is longer than any may be.</exception>
    public async Task<RelayFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        var header = new byte[RelayFrame.HeaderLength];
        var received = await ReadAsync(header, cancellationToken);
        if (received == 0)
        {
            return null;
        }

        var length = received == header.Length ? BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1)) : 0;
        if (length > RelayFrame.MaxLength)
        {
            throw new RelayProtocolException($"A frame 0x{header[0]:x2} of {length} bytes.");
        }

        var payload = new byte[length];
        return received == header.Length && await ReadAsync(payload, cancellationToken) == payload.Length
            ? new RelayFrame((RelayFrameType)header[0], payload)
            : throw new RelayProtocolException("The connection ended within a frame.");
    }

    private async Task<int> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var received = 0;
        while (received < buffer.Length)
        {
            var count = TakeBegun(buffer.AsSpan(received));
            count = count > 0 ? count : await ReadStreamAsync(buffer.AsMemory(received), cancellationToken);
            if (count == 0)
            {
                break;
            }

            received += count;
        }

        return received;
    }

    private int TakeBegun(Span<byte> buffer)
    {
        var count = Math.Min(_begun.Length, buffer.Length);
        _begun.Span[..count].CopyTo(buffer);
        _begun = _begun[count..];
        return count;
    }

    private async Task<int> ReadStreamAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or System.Net.WebSockets.WebSocketException)
        {
            // A reset is as good an end as any.
            return 0;
        }
    }
}
