using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Approval;

/// <summary>Which routes nodes get without anybody being asked.</summary>
internal sealed class ApproverTable
{
    private readonly ImmutableArray<(IpPrefix Prefix, Bits Approvers)> _routes;
    private readonly Bits _exitNode;

    private ApproverTable(ImmutableArray<(IpPrefix Prefix, Bits Approvers)> routes, Bits exitNode) => (_routes, _exitNode) = (routes, exitNode);

    public static ApproverTable Compile(PolicyFile file, SelectorTable selectors)
    {
        return new ApproverTable(
            [.. file.AutoApprovers.Routes.Select(route => (route.Prefix.Masked(), Selectors(route.Approvers)))],
            Selectors(file.AutoApprovers.ExitNode));

        Bits Selectors(ImmutableArray<Alias> aliases) => Bits.Of(aliases.Select(selectors.Number));
    }

    /// <summary>
    /// Those of the routes a node advertises, in its order, that need no approval by hand. Exit routes are decided by <c>exitNode</c> alone,
    /// whatever prefixes the table of routes holds.
    /// </summary>
    public ImmutableArray<IpPrefix> Approved(PolicyNode node, ClassKey key) =>
        [.. node.AdvertisedRoutes.Where(route => route.IsDefaultRoute ? _exitNode.Intersects(key.ByNode) : IsApproved(route, key)).Distinct()];

    private bool IsApproved(IpPrefix route, ClassKey key) =>
        _routes.Any(entry => entry.Prefix.Contains(route) && entry.Approvers.Intersects(key.ByNode));
}
