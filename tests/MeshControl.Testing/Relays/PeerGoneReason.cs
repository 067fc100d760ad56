using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Testing.Relays;

/// <summary>Why a relay calls a peer gone.</summary>
[SuppressMessage("Design", "CA1028", Justification = "It is a byte on the wire.")]
public enum PeerGoneReason : byte
{
    /// <summary>The peer's last connection ended.</summary>
    Disconnected = 0x00,

    /// <summary>The peer that a packet was for is not connected here.</summary>
    NotHere = 0x01,
}
