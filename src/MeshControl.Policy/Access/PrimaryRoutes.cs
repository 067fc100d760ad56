using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Which of the routers of a route is the one that traffic goes to.</summary>
public sealed class PrimaryRoutes
{
    private readonly Func<IpPrefix, IReadOnlyList<PolicyNode>, PolicyNode?> _choose;

    /// <param name="choose">Of those that have the route approved, in the order of registration; never empty. Null: none can serve.</param>
    public PrimaryRoutes(Func<IpPrefix, IReadOnlyList<PolicyNode>, PolicyNode?> choose) => _choose = choose;

    /// <summary>Who registered first, whether it is there or not.</summary>
    public static PrimaryRoutes ByRegistration { get; } = new(static (_, routers) => routers[0]);

    internal PolicyNode? Of(IpPrefix route, IReadOnlyList<PolicyNode> routers) => routers.Count == 0 ? null : _choose(route, routers);
}
