using System.Collections.Immutable;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>The approved routes of a tailnet without exit routes, and who has them.</summary>
internal sealed class RouteTable
{
    public static readonly RouteTable Empty = new(ImmutableDictionary<IpPrefix, ImmutableArray<PolicyNode>>.Empty);

    private readonly ImmutableDictionary<IpPrefix, ImmutableArray<PolicyNode>> _routers;

    private string[]? _texts;

    private RouteTable(ImmutableDictionary<IpPrefix, ImmutableArray<PolicyNode>> routers) => _routers = routers;

    /// <summary>Each route once, in wire form.</summary>
    public IReadOnlyList<string> Texts => _texts ??= [.. _routers.Keys.Select(FilterText.Of).Order(StringComparer.Ordinal)];

    /// <summary>Who has a route, in the order of registration.</summary>
    public ImmutableArray<PolicyNode> RoutersOf(IpPrefix route) => _routers.GetValueOrDefault(route, []);

    /// <summary>Takes over what changed of one node's routes.</summary>
    public RouteTable With(PolicyNode? before, PolicyNode? after)
    {
        var routers = _routers;
        foreach (var route in SubnetRoutes(before))
        {
            var rest = routers[route].RemoveAll(node => node.Id == before!.Id);
            routers = rest.IsEmpty ? routers.Remove(route) : routers.SetItem(route, rest);
        }

        foreach (var route in SubnetRoutes(after))
        {
            routers = routers.SetItem(route, [.. routers.GetValueOrDefault(route, []).Append(after!).OrderBy(node => node.Id)]);
        }

        return routers == _routers ? this : new RouteTable(routers);
    }

    public static IEnumerable<IpPrefix> SubnetRoutes(PolicyNode? node) =>
        node is null ? [] : node.ApprovedRoutes.Where(route => !route.IsDefaultRoute).Distinct();
}
