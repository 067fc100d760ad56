using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace MeshControl.Admin.Grpc;

/// <summary>
/// One message on the wire:
/// <code>
/// 0      1                 5
/// | flag | length (big e.) | message …
/// </code>
/// Flag 0: plain, 1: compressed, which nobody here negotiates.
/// </summary>
public static class MessageFrame
{
    /// <summary>The customary limit of gRPC, 4 MiB: lists are paged far below it.</summary>
    public const int DefaultMaxLength = 4 * 1024 * 1024;

    public const int PrefixLength = 5;

    public static void Write(IBufferWriter<byte> output, IMessage message)
    {
        var prefix = output.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], message.CalculateSize());
        output.Advance(PrefixLength);
        message.WriteTo(output);
    }

    /// <summary>Takes one message off the front of <paramref name="buffer"/>, which moves only when the message is complete.</summary>
    /// <param name="maxLength">Bytes of a message; a longer one is refused as soon as its prefix has arrived.</param>
    public static MessageFrameState TryRead(ref ReadOnlySequence<byte> buffer, int maxLength, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < PrefixLength)
        {
            return MessageFrameState.Incomplete;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] != 0)
        {
            return prefix[0] == 1 ? MessageFrameState.Compressed : MessageFrameState.Malformed;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)maxLength)
        {
            return MessageFrameState.TooLong;
        }

        if (buffer.Length - PrefixLength < length)
        {
            return MessageFrameState.Incomplete;
        }

        message = buffer.Slice(PrefixLength, length);
        buffer = buffer.Slice(PrefixLength + length);
        return MessageFrameState.Complete;
    }
}
