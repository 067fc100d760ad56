using System.Collections.Immutable;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Which routes of a router a viewer is shown: those that it may use, at the router that is meant for it.</summary>
internal sealed class RouteVisibility(AccessMap map, PrimaryRoutes primaries)
{
    /// <summary>All that is approved, whoever may use it.</summary>
    public PeerRoutes Own(int index)
    {
        if (map.NodeAt(index) is not { ApprovedRoutes.Length: > 0 } node)
        {
            return PeerRoutes.None;
        }

        return new PeerRoutes(
            WireList.CopyOf(node.ApprovedRoutes.Distinct().Order()),
            WireList.CopyOf(RouteTable.SubnetRoutes(node).Where(route => IsPrimary(node, route)).Order()));
    }

    public PeerRoutes Of(int viewerIndex, int peerIndex)
    {
        if (map.NodeAt(peerIndex) is not { ApprovedRoutes.Length: > 0 } peer || map.NodeAt(viewerIndex) is not { } viewer)
        {
            return PeerRoutes.None;
        }

        var rules = RulesFrom(viewerIndex);
        var subnets = RouteTable.SubnetRoutes(peer).Where(route => IsShown(viewer, peer, route, rules)).Order().ToArray();
        var exits = peer.ApprovedRoutes.Where(route => route.IsDefaultRoute && MayExit(peer, rules)).Distinct().Order();
        return new PeerRoutes(WireList.CopyOf(exits.Concat(subnets).Order()), WireList.CopyOf(subnets));
    }

    private bool IsShown(PolicyNode viewer, PolicyNode peer, IpPrefix route, RuleTemplate[] rules)
    {
        var usable = rules.Where(rule => rule.Targets.Any(target => target.Overlaps(route))).ToArray();
        var regular = usable.Any(rule => !rule.HasVia);
        var via = usable.Where(rule => rule.HasVia).ToArray();
        var primary = IsPrimary(peer, route);
        if (via.Length > 0 && !regular)
        {
            return via.Any(rule => FirstWithTag(rule, route)?.Id == peer.Id) || (primary && (Returns(viewer, route) || Shares(viewer, route)));
        }

        return primary && (regular || Returns(viewer, route) || Shares(viewer, route));
    }

    /// <summary>
    /// A rule that sends the way to the Internet through tagged exit nodes hides the others from those who have no other rule for it.
    /// </summary>
    private bool MayExit(PolicyNode peer, RuleTemplate[] rules)
    {
        var internet = rules.Where(rule => rule.Targets.Any(target => target.Kind is RuleTargetKind.Internet or RuleTargetKind.Everything)).ToArray();
        return internet.Length == 0
            || internet.Any(rule => !rule.HasVia || map.CellAt(peer.Index)!.Key.ByNode.Intersects(rule.Via));
    }

    /// <summary>The rules that the viewer is a source of, for what it is or forwards.</summary>
    private RuleTemplate[] RulesFrom(int viewer)
    {
        var key = map.CellAt(viewer)!.Key;
        var rules = Bits.None;
        foreach (var expression in map.Compiled.ExpressionsFor(key).Where(expression => expression.Matches(key)))
        {
            rules = rules.Or(map.Compiled.RulesByExpression.GetValueOrDefault(expression.Number));
        }

        return [.. rules.Numbers().Select(ordinal => map.Compiled.Rules[ordinal]).Where(rule => !rule.WithinOwner)];
    }

    /// <summary>The router that a rule steers a route through.</summary>
    private PolicyNode? FirstWithTag(RuleTemplate rule, IpPrefix route)
    {
        foreach (var router in map.Routes.RoutersOf(route))
        {
            if (map.CellAt(router.Index)!.Key.ByNode.Intersects(rule.Via))
            {
                return router;
            }
        }

        return null;
    }

    /// <summary>Something behind the route may reach the viewer, which has to answer.</summary>
    private bool Returns(PolicyNode viewer, IpPrefix route) =>
        map.AccessOf(map.CellAt(viewer.Index)!).Rules.Any(rule => rule.Owner is null && rule.Sources.Overlaps(route));

    /// <summary>The viewer forwards the route itself.</summary>
    private static bool Shares(PolicyNode viewer, IpPrefix route) => viewer.ApprovedRoutes.Contains(route);

    private bool IsPrimary(PolicyNode node, IpPrefix route) => primaries.Of(route, map.Routes.RoutersOf(route))?.Id == node.Id;
}
