using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Noise;

/// <summary>What a finished handshake leaves behind: who the peer is, and one cipher per direction.</summary>
public sealed class NoiseSession : IDisposable
{
    private readonly byte[] _handshakeHash;

    internal NoiseSession(KeyBytes peerKey, int version, KeyBytes handshakeHash, NoiseCipher sending, NoiseCipher receiving)
    {
        PeerKey = peerKey;
        Version = version;
        _handshakeHash = handshakeHash.Span.ToArray();
        Sending = sending;
        Receiving = receiving;
    }

    /// <summary>The peer's proven static key: the client's machine key on the server, the server's key on the client.</summary>
    public KeyBytes PeerKey { get; }

    /// <summary>The protocol version that the client stated and the handshake confirmed.</summary>
    public int Version { get; }

    /// <summary>32 bytes, equal on both sides and unique to the connection. Not secret.</summary>
    public ReadOnlyMemory<byte> HandshakeHash => _handshakeHash;

    /// <summary>Owned by whoever writes to the connection.</summary>
    public NoiseCipher Sending { get; }

    /// <summary>Owned by whoever reads from the connection.</summary>
    public NoiseCipher Receiving { get; }

    public void Dispose()
    {
        Sending.Dispose();
        Receiving.Dispose();
    }
}
