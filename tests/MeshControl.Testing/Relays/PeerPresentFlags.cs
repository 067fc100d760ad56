using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Testing.Relays;

/// <summary>What kind of client a relay's watcher is told of.</summary>
[Flags]
[SuppressMessage("Design", "CA1028", Justification = "It is a byte on the wire.")]
public enum PeerPresentFlags : byte
{
    /// <summary>A relay too old to say.</summary>
    None = 0,
    Regular = 0x01,
    MeshPeer = 0x02,
    Prober = 0x04,
    NotIdeal = 0x08,
}
