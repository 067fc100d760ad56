using System.Buffers.Binary;

namespace MeshControl.Testing.Peers;

/// <summary>A frame of HTTP/2, well formed or not.</summary>
/// <param name="Type">The type.</param>
/// <param name="Flags">As on the wire; the constants below are those of most types.</param>
/// <param name="Stream">0 for the connection.</param>
/// <param name="Payload">What follows the header.</param>
/// <remarks>
/// <code>
/// 0 3  payload length, big-endian
/// 3 1  type
/// 4 1  flags
/// 5 4  stream, big-endian
/// 9 n  payload
/// </code>
/// </remarks>
public sealed record Http2Frame(Http2FrameType Type, byte Flags, int Stream, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderLength = 9;

    /// <summary>The answer to SETTINGS and PING.</summary>
    public const byte Acknowledge = 0x1;

    public const byte EndStream = 0x1;

    public const byte EndHeaders = 0x4;

    /// <summary>What a client says first on a connection.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static int ReadLength(ReadOnlySpan<byte> header) => (header[0] << 16) | (header[1] << 8) | header[2];

    public static Http2Frame Parse(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> payload) =>
        new((Http2FrameType)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]) & int.MaxValue, payload);

    /// <summary>The frame's bytes.</summary>
    /// <param name="statedLength">Another length than the payload's, to be wrong.</param>
    public byte[] Encode(int? statedLength = null)
    {
        var length = statedLength ?? Payload.Length;
        var frame = new byte[HeaderLength + Payload.Length];
        frame[0] = (byte)(length >> 16);
        frame[1] = (byte)(length >> 8);
        frame[2] = (byte)length;
        frame[3] = (byte)Type;
        frame[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), Stream);
        Payload.Span.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }
}
