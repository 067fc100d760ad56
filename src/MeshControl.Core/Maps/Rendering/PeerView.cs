using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// All that how a peer is written depends on, beside its entry: two viewers with equal views of an entry are sent the same bytes.
/// </summary>
/// <param name="BaseDomain">The suffix of its name.</param>
/// <param name="WithoutIPv4">Its IPv4 address is left out, for its sake or for the viewer's.</param>
/// <param name="Routes">Those through it that the viewer is shown.</param>
/// <param name="Attributes">What others are told that it may do.</param>
/// <param name="Expired">Whether its key has expired by now.</param>
internal readonly record struct PeerView(
    string BaseDomain, bool WithoutIPv4, PeerRoutes Routes, WireMap<string, WireList<RawJson>?> Attributes, bool Expired);
