using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Takes packets for clients that are connected to another relay of the region. Called by the readers of many clients at once; it
/// neither waits nor throws, and drops what it cannot take.
/// </summary>
public interface IPacketForwarder
{
    /// <summary>Takes a copy of the packet. Nothing need be on its way before <see cref="Flush"/>.</summary>
    void Forward(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet);

    /// <summary>The caller has no more packets for now; called at least once after a <see cref="Forward"/>.</summary>
    void Flush();
}
