using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>
/// Writes whole frames into spans: 1 byte type, 4 bytes length of the payload (big-endian), payload. Each method returns how many bytes it
/// has written, and throws if the span is too short, which is the caller's fault and never a peer's.
/// </summary>
public static class DerpFrame
{
    public const int ServerKeyFrameLength = DerpProtocol.HeaderLength + 8 + KeyBytes.Length;
    public const int PeerGoneFrameLength = DerpProtocol.HeaderLength + KeyBytes.Length + 1;
    public const int PeerPresentFrameLength = DerpProtocol.HeaderLength + DerpProtocol.PeerPresentLength;
    public const int PongFrameLength = DerpProtocol.HeaderLength + DerpProtocol.PingLength;
    public const int RestartingFrameLength = DerpProtocol.HeaderLength + 8;

    /// <summary>Bytes of a frame before the packet: of one with a single key, and of one that is forwarded.</summary>
    public const int PacketOverhead = DerpProtocol.HeaderLength + KeyBytes.Length;

    public const int ForwardOverhead = PacketOverhead + KeyBytes.Length;

    /// <summary>Takes a header apart; the span holds at least <see cref="DerpProtocol.HeaderLength"/> bytes.</summary>
    /// <returns>The type, known or not, and the length of the payload as announced, which nobody has checked.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (DerpFrameType Type, uint Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.Slice(1, 4));
        return ((DerpFrameType)header[0], length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteHeader(Span<byte> destination, DerpFrameType type, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination.Slice(1, 4), (uint)length);
        destination[0] = (byte)type;
        return DerpProtocol.HeaderLength;
    }

    public static int WriteServerKey(Span<byte> destination, DerpPublicKey key)
    {
        WriteHeader(destination, DerpFrameType.ServerKey, DerpProtocol.Magic.Length + KeyBytes.Length);
        DerpProtocol.Magic.CopyTo(destination[DerpProtocol.HeaderLength..]);
        key.Bytes.Span.CopyTo(destination[(DerpProtocol.HeaderLength + DerpProtocol.Magic.Length)..]);
        return ServerKeyFrameLength;
    }

    /// <summary>A packet with the one key that the receiver needs: for whom it is (a client writes) or from whom (a server writes).</summary>
    public static int WritePacket(Span<byte> destination, DerpFrameType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> packet)
    {
        WriteHeader(destination, type, KeyBytes.Length + packet.Length);
        key[..KeyBytes.Length].CopyTo(destination.Slice(DerpProtocol.HeaderLength, KeyBytes.Length));
        packet.CopyTo(destination[PacketOverhead..]);
        return PacketOverhead + packet.Length;
    }

    public static int WriteForwardPacket(Span<byte> destination, NodePublicKey source, NodePublicKey target, ReadOnlySpan<byte> packet)
    {
        WriteHeader(destination, DerpFrameType.ForwardPacket, (2 * KeyBytes.Length) + packet.Length);
        source.Bytes.Span.CopyTo(destination[DerpProtocol.HeaderLength..]);
        target.Bytes.Span.CopyTo(destination[PacketOverhead..]);
        packet.CopyTo(destination[ForwardOverhead..]);
        return ForwardOverhead + packet.Length;
    }

    /// <summary><see cref="DerpFrameType.KeepAlive"/> and <see cref="DerpFrameType.WatchConns"/>.</summary>
    public static int WriteEmpty(Span<byte> destination, DerpFrameType type) => WriteHeader(destination, type, 0);

    public static int WriteNotePreferred(Span<byte> destination, bool preferred)
    {
        WriteHeader(destination, DerpFrameType.NotePreferred, 1);
        destination[DerpProtocol.HeaderLength] = preferred ? (byte)1 : (byte)0;
        return DerpProtocol.HeaderLength + 1;
    }

    public static int WritePeerGone(Span<byte> destination, NodePublicKey key, PeerGoneReason reason)
    {
        WriteHeader(destination, DerpFrameType.PeerGone, KeyBytes.Length + 1);
        key.Bytes.Span.CopyTo(destination[DerpProtocol.HeaderLength..]);
        destination[DerpProtocol.HeaderLength + KeyBytes.Length] = (byte)reason;
        return PeerGoneFrameLength;
    }

    public static int WritePeerPresent(Span<byte> destination, NodePublicKey key, IPEndPoint address, PeerPresentFlags flags)
    {
        WriteHeader(destination, DerpFrameType.PeerPresent, DerpProtocol.PeerPresentLength);
        var payload = destination[DerpProtocol.HeaderLength..];
        key.Bytes.Span.CopyTo(payload);
        address.Address.MapToIPv6().TryWriteBytes(payload.Slice(KeyBytes.Length, 16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(payload[(KeyBytes.Length + 16)..], (ushort)address.Port);
        payload[DerpProtocol.PeerPresentLength - 1] = (byte)flags;
        return PeerPresentFrameLength;
    }

    public static int WriteClosePeer(Span<byte> destination, NodePublicKey key)
    {
        WriteHeader(destination, DerpFrameType.ClosePeer, KeyBytes.Length);
        key.Bytes.Span.CopyTo(destination[DerpProtocol.HeaderLength..]);
        return DerpProtocol.HeaderLength + KeyBytes.Length;
    }

    /// <param name="type"><see cref="DerpFrameType.Ping"/> or <see cref="DerpFrameType.Pong"/>.</param>
    /// <param name="data">At least 8 bytes, of which the first 8 are written.</param>
    public static int WritePing(Span<byte> destination, DerpFrameType type, ReadOnlySpan<byte> data)
    {
        WriteHeader(destination, type, DerpProtocol.PingLength);
        data[..DerpProtocol.PingLength].CopyTo(destination[DerpProtocol.HeaderLength..]);
        return PongFrameLength;
    }

    /// <param name="problem">UTF-8; empty when there is none any more.</param>
    public static int WriteHealth(Span<byte> destination, ReadOnlySpan<byte> problem)
    {
        WriteHeader(destination, DerpFrameType.Health, problem.Length);
        problem.CopyTo(destination[DerpProtocol.HeaderLength..]);
        return DerpProtocol.HeaderLength + problem.Length;
    }

    /// <param name="reconnectIn">How long to wait before connecting again.</param>
    /// <param name="tryFor">For how long to go on trying.</param>
    public static int WriteRestarting(Span<byte> destination, TimeSpan reconnectIn, TimeSpan tryFor)
    {
        WriteHeader(destination, DerpFrameType.Restarting, 8);
        BinaryPrimitives.WriteUInt32BigEndian(destination[DerpProtocol.HeaderLength..], (uint)reconnectIn.TotalMilliseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[(DerpProtocol.HeaderLength + 4)..], (uint)tryFor.TotalMilliseconds);
        return RestartingFrameLength;
    }
}
