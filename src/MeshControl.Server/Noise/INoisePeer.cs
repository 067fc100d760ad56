using MeshControl.Protocol.Keys;

namespace MeshControl.Server.Noise;

/// <summary>Who is at the other end of a channel. A connection feature: its presence tells that a request came through one.</summary>
internal interface INoisePeer
{
    /// <summary>Proved by the handshake. Any key is accepted there; what it may do is decided per request.</summary>
    MachinePublicKey MachineKey { get; }

    /// <summary>The capability version that the handshake stated; never trusted for more than wording.</summary>
    int Version { get; }
}
