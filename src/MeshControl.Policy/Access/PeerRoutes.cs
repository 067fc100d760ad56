using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Routes through a node, as somebody sees them.</summary>
/// <param name="Allowed">What may be sent to it beyond its own addresses: subnets and exit routes, sorted.</param>
/// <param name="Primary">The subnets of <paramref name="Allowed"/>: a route is shown at the router to use alone.</param>
public sealed record PeerRoutes(WireList<IpPrefix> Allowed, WireList<IpPrefix> Primary)
{
    public static readonly PeerRoutes None = new([], []);
}
