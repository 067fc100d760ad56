using System.Buffers.Binary;

namespace MeshControl.Testing.Relays;

/// <summary>A frame of the relay protocol, well formed or not.</summary>
/// <param name="Type">The type, known or not.</param>
/// <param name="Payload">What follows the header.</param>
/// <remarks>
/// <code>
/// 0 1  type
/// 1 4  payload length, big-endian
/// 5 n  payload
/// </code>
/// </remarks>
public sealed record RelayFrame(RelayFrameType Type, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderLength = 5;

    /// <summary>The most that a client takes from a server.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>The most bytes of a packet, without keys.</summary>
    public const int MaxPacketLength = 65_536;

    /// <summary>A frame whose payload is these parts, one behind the other.</summary>
    public static RelayFrame Of(RelayFrameType type, params IEnumerable<byte[]> parts) => new(type, parts.SelectMany(part => part).ToArray());

    /// <summary>The frame's bytes.</summary>
    /// <param name="statedLength">Another length than the payload's, to be wrong.</param>
    public byte[] Encode(uint? statedLength = null)
    {
        var frame = new byte[HeaderLength + Payload.Length];
        frame[0] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), statedLength ?? (uint)Payload.Length);
        Payload.Span.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }
}
