using System.Buffers.Binary;
using System.Net;
using System.Text;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Relays;

/// <summary>
/// What a relay tells a client after the greeting. Reading is strict: a frame with another length than the protocol gives it is an error,
/// where stock clients would shrug.
/// </summary>
public abstract record RelayMessage
{
    private const int KeyLength = KeyBytes.Length;
    private const int NumberLength = sizeof(uint);
    private const int PingLength = 8;
    private const int AddressLength = 16;

    private RelayMessage()
    {
    }

    /// <exception cref="RelayProtocolException">The frame is malformed, or none that a relay sends to clients.</exception>
    public static RelayMessage Read(RelayFrame frame)
    {
        var payload = frame.Payload.Span;
        return frame.Type switch
        {
            RelayFrameType.RecvPacket when payload.Length is >= KeyLength and <= KeyLength + RelayFrame.MaxPacketLength =>
                new Packet(Key(payload), payload[KeyLength..].ToArray()),
            RelayFrameType.KeepAlive when payload.IsEmpty => new KeepAlive(),
            RelayFrameType.PeerGone when payload.Length == KeyLength + 1 => new PeerGone(Key(payload), (PeerGoneReason)payload[KeyLength]),
            RelayFrameType.PeerPresent when payload.Length == KeyLength + AddressLength + sizeof(ushort) + 1 => Present(payload),
            RelayFrameType.Ping when payload.Length == PingLength => new Ping(BinaryPrimitives.ReadUInt64BigEndian(payload)),
            RelayFrameType.Pong when payload.Length == PingLength => new Pong(BinaryPrimitives.ReadUInt64BigEndian(payload)),
            RelayFrameType.Health => new Health(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(payload)),
            RelayFrameType.Restarting when payload.Length == 2 * NumberLength => new Restarting(
                TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload)),
                TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(payload[NumberLength..]))),
            _ => throw new RelayProtocolException($"A frame {frame.Type} of {payload.Length} bytes is nothing that a relay says now."),
        };
    }

    private static NodePublicKey Key(ReadOnlySpan<byte> payload) => new(new KeyBytes(payload[..KeyLength]));

    private static PeerPresent Present(ReadOnlySpan<byte> payload)
    {
        var address = new IPAddress(payload.Slice(KeyLength, AddressLength));
        var port = BinaryPrimitives.ReadUInt16BigEndian(payload[(KeyLength + AddressLength)..]);
        return new PeerPresent(
            Key(payload), new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port), (PeerPresentFlags)payload[^1]);
    }

    public sealed record Packet(NodePublicKey Source, byte[] Bytes) : RelayMessage
    {
        public override string ToString() => $"packet of {Bytes.Length} bytes from {Source}";
    }

    public sealed record KeepAlive : RelayMessage;

    public sealed record PeerGone(NodePublicKey Peer, PeerGoneReason Reason) : RelayMessage;

    public sealed record PeerPresent(NodePublicKey Peer, IPEndPoint Address, PeerPresentFlags Flags) : RelayMessage;

    public sealed record Ping(ulong Data) : RelayMessage;

    public sealed record Pong(ulong Data) : RelayMessage;

    /// <param name="Problem">Empty: all is well again.</param>
    public sealed record Health(string Problem) : RelayMessage;

    public sealed record Restarting(TimeSpan ReconnectIn, TimeSpan TryFor) : RelayMessage;
}
