using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>Where a relay keeps which other relay of the region has which client.</summary>
internal interface IForwarderTable
{
    /// <summary>Packets for the client may go to the forwarder. Saying so twice is saying it once.</summary>
    void AddPacketForwarder(NodePublicKey client, IPacketForwarder forwarder);

    /// <summary>They may not any more; nothing happens if they might not before.</summary>
    void RemovePacketForwarder(NodePublicKey client, IPacketForwarder forwarder);
}
