namespace MeshControl.Protocol.Derp;

/// <summary>What kind of client has connected. Zero would say "a server too old to tell", so a server never sends zero.</summary>
[Flags]
public enum PeerPresentFlags : byte
{
    None = 0,
    Regular = 0x01,
    MeshPeer = 0x02,
    Prober = 0x04,

    /// <summary>The client would rather be connected to another relay of the region.</summary>
    NotIdeal = 0x08,
}
