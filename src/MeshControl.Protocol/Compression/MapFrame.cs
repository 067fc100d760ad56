using System.Buffers;
using System.Buffers.Binary;

namespace MeshControl.Protocol.Compression;

/// <summary>
/// The envelope of each message of a map stream: the length of the body, then the body, which is JSON as it is or as one or
/// more zstd frames, whichever the client asked for.
/// </summary>
/// <remarks>
/// <code>
/// 0 4  body length, LITTLE-endian (everything in the Noise layer is big-endian)
/// 4 n  body
/// </code>
/// </remarks>
public static class MapFrame
{
    /// <summary>Bytes before the body.</summary>
    public const int PrefixLength = sizeof(uint);

    /// <summary>The whole JSON of a keep-alive.</summary>
    public static ReadOnlySpan<byte> KeepAliveJson => "{\"KeepAlive\":true}"u8;

    public static void WritePrefix(Span<byte> destination, int bodyLength) =>
        BinaryPrimitives.WriteUInt32LittleEndian(destination, checked((uint)bodyLength));

    /// <summary>Takes one message off the front of a buffer. The buffer moves only if the status is Done.</summary>
    /// <param name="buffer">What has been received.</param>
    /// <param name="limit">Longest body to wait for, in bytes.</param>
    /// <param name="body">The body, if the status is Done.</param>
    public static MapFrameStatus Read(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> body)
    {
        body = default;
        if (buffer.Length < PrefixLength)
        {
            return MapFrameStatus.NeedMore;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length > (uint)limit)
        {
            return MapFrameStatus.TooLong;
        }

        if (length == 0)
        {
            return MapFrameStatus.Empty;
        }

        if (buffer.Length - PrefixLength < length)
        {
            return MapFrameStatus.NeedMore;
        }

        body = buffer.Slice(PrefixLength, length);
        buffer = buffer.Slice(body.End);
        return MapFrameStatus.Done;
    }
}
