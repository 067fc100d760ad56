using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Testing.Relays;

/// <summary>The first byte of a relay frame.</summary>
[SuppressMessage("Design", "CA1028", Justification = "It is a byte on the wire.")]
public enum RelayFrameType : byte
{
    None = 0,
    ServerKey = 0x01,
    ClientInfo = 0x02,
    ServerInfo = 0x03,
    SendPacket = 0x04,
    RecvPacket = 0x05,
    KeepAlive = 0x06,
    NotePreferred = 0x07,
    PeerGone = 0x08,
    PeerPresent = 0x09,
    ForwardPacket = 0x0a,
    WatchConns = 0x10,
    ClosePeer = 0x11,
    Ping = 0x12,
    Pong = 0x13,
    Health = 0x14,
    Restarting = 0x15,
}
