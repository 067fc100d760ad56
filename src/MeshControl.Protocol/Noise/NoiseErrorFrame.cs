using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// A refusal in place of the handshake's response: type 3, big-endian length, UTF-8 text. It is not authenticated; clients
/// print it as <c>server error: "…"</c>.
/// </summary>
public static class NoiseErrorFrame
{
    /// <summary>
    /// One record's worth: the text is a sentence for a log line, and a reader need not buffer the 64 KiB the field allows.
    /// </summary>
    public const int MaxLength = NoiseProtocol.MaxRecordLength;

    private const int MaxTextLength = MaxLength - NoiseProtocol.HeaderLength;

    /// <exception cref="ArgumentException">The text is longer than the limit.</exception>
    public static byte[] Encode(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > MaxTextLength)
        {
            throw new ArgumentException($"The text has {length} bytes, more than {MaxTextLength}.", nameof(text));
        }

        var frame = new byte[NoiseProtocol.HeaderLength + length];
        frame[0] = NoiseProtocol.ErrorType;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)length);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(NoiseProtocol.HeaderLength));
        return frame;
    }

    /// <returns>False unless the bytes are exactly one error frame within the limit. Bytes that are not UTF-8 become U+FFFD.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (frame.Length is < NoiseProtocol.HeaderLength or > MaxLength
            || frame[0] != NoiseProtocol.ErrorType
            || BinaryPrimitives.ReadUInt16BigEndian(frame[1..]) != frame.Length - NoiseProtocol.HeaderLength)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(frame[NoiseProtocol.HeaderLength..]);
        return true;
    }
}
