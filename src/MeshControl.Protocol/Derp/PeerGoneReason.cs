namespace MeshControl.Protocol.Derp;

/// <summary>Why a peer cannot be reached through the relay.</summary>
public enum PeerGoneReason : byte
{
    /// <summary>Its last connection to the region has ended. Old servers leave the byte out and mean this.</summary>
    Disconnected = 0x00,

    /// <summary>It was not connected when a packet came for it.</summary>
    NotHere = 0x01,

    /// <summary>Never on the wire: the connection to the relay that told of the peer broke.</summary>
    MeshConnectionBroke = 0xf0,
}
