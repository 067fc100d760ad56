using System.Net;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>What a relay tells its mesh peers of a client that has connected.</summary>
/// <param name="Key">The client's node key.</param>
/// <param name="Address">Where it is; null when an old server leaves it out.</param>
/// <param name="Flags">Zero when an old server leaves them out.</param>
public readonly record struct DerpPeerPresent(NodePublicKey Key, IPEndPoint? Address, PeerPresentFlags Flags);
