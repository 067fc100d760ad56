using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>A destination that one client has sent to. Owned by the client's reader.</summary>
internal sealed class Route(NodePublicKey key)
{
    public NodePublicKey Key { get; } = key;

    /// <summary>As last found; may be dead, and then has no connection.</summary>
    public PeerSlot? Slot { get; set; }

    /// <summary>The number of the connection that is known to have got packets from this client; for it nothing need be noted any more. Not the connection itself, which may be long gone.</summary>
    public long Told { get; set; }
}
