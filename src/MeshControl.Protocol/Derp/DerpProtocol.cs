using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>The numbers of the relay protocol, as stock clients have them (<c>derp/derp.go</c>).</summary>
public static class DerpProtocol
{
    public const int Version = 2;

    /// <summary>Type (1), length of the payload (4, big-endian).</summary>
    public const int HeaderLength = 5;

    /// <summary>Bytes in a packet that is relayed, without the keys beside it.</summary>
    public const int MaxPacketLength = 65_536;

    /// <summary>Payload of the longest <see cref="DerpFrameType.SendPacket"/> and <see cref="DerpFrameType.RecvPacket"/>.</summary>
    public const int MaxPacketFrameLength = KeyBytes.Length + MaxPacketLength;

    /// <summary>Payload of the longest <see cref="DerpFrameType.ForwardPacket"/>.</summary>
    public const int MaxForwardFrameLength = (2 * KeyBytes.Length) + MaxPacketLength;

    /// <summary>Payload of the longest login: an honest one has some 200 bytes, and stock servers take so much.</summary>
    public const int MaxClientInfoLength = 262_144;

    /// <summary>Payload of the longest frame of any type; clients give up on what is longer.</summary>
    public const int MaxFrameLength = 1_048_576;

    /// <summary>Payload of the longest <see cref="DerpFrameType.ServerKey"/> that clients accept.</summary>
    public const int MaxServerKeyLength = 1_024;

    /// <summary>Payload of a ping and a pong, as far as it means something.</summary>
    public const int PingLength = 8;

    /// <summary>Payload of the longest ping; what is behind the first 8 bytes means nothing.</summary>
    public const int MaxPingLength = 1_000;

    /// <summary>Payload of a <see cref="DerpFrameType.PeerPresent"/>: key, address (16, an IPv4 one mapped), port, flags.</summary>
    public const int PeerPresentLength = KeyBytes.Length + 16 + 2 + 1;

    /// <summary>Clients give up after 120 s without any frame; any frame counts.</summary>
    public const int KeepAliveSeconds = 60;

    /// <summary>Begins the first frame of a server, so that a client sees at once that it talks to a relay: "DERP" and a key as emoji.</summary>
    public static ReadOnlySpan<byte> Magic => [0x44, 0x45, 0x52, 0x50, 0xf0, 0x9f, 0x94, 0x91];
}
