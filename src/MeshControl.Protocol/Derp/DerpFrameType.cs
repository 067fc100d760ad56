namespace MeshControl.Protocol.Derp;

/// <summary>The first byte of every frame. A receiver reads and discards a type that it does not know: that is how the protocol grows.</summary>
public enum DerpFrameType : byte
{
    /// <summary>Server: magic, then its public key. The first frame of a connection.</summary>
    ServerKey = 0x01,

    /// <summary>Client: its public key, a nonce, and <see cref="DerpClientInfo"/> in a box.</summary>
    ClientInfo = 0x02,

    /// <summary>Server: a nonce, and <see cref="DerpServerInfo"/> in a box.</summary>
    ServerInfo = 0x03,

    /// <summary>Client: the destination's key, then the packet.</summary>
    SendPacket = 0x04,

    /// <summary>Server: the source's key, then the packet.</summary>
    RecvPacket = 0x05,

    /// <summary>Server: nothing, so that the client knows that the connection lives.</summary>
    KeepAlive = 0x06,

    /// <summary>Client: one byte, whether this relay is its home.</summary>
    NotePreferred = 0x07,

    /// <summary>Server: a peer's key and a <see cref="PeerGoneReason"/>.</summary>
    PeerGone = 0x08,

    /// <summary>Server to mesh peers: a client's key, its address, and <see cref="PeerPresentFlags"/>.</summary>
    PeerPresent = 0x09,

    /// <summary>Mesh peer: source's key, destination's key, packet.</summary>
    ForwardPacket = 0x0a,

    /// <summary>Mesh peer: asks for <see cref="PeerPresent"/> and <see cref="PeerGone"/> of all clients from now on.</summary>
    WatchConns = 0x10,

    /// <summary>Mesh peer: a client's key, whose connections are to be closed.</summary>
    ClosePeer = 0x11,

    /// <summary>Both: 8 bytes that come back in a <see cref="Pong"/>.</summary>
    Ping = 0x12,

    /// <summary>Both: the 8 bytes of the ping.</summary>
    Pong = 0x13,

    /// <summary>Server: what is wrong with this connection, in words for its user; empty when nothing is wrong any more.</summary>
    Health = 0x14,

    /// <summary>Server: when to connect again, and for how long to try; two 32-bit numbers of milliseconds.</summary>
    Restarting = 0x15,
}
