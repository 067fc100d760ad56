using System.Collections.Concurrent;

namespace MeshControl.Policy.Access;

/// <summary>
/// Whom viewers see otherwise by one map than by an earlier one. Nodes that are of the same class in both are looked at together, and once for all
/// viewers of the same two classes: so a viewer costs what it sees otherwise, and not what there is. May be asked concurrently.
/// </summary>
public sealed class SightChange
{
    private readonly AccessMap _before;
    private readonly List<Group> _groups = [];

    // Nodes with routes: what of those a viewer is shown depends on more than the node's class.
    private readonly List<int> _routers = [];
    private readonly ConcurrentDictionary<(int Before, int After), int[]> _peers = new();

    internal SightChange(AccessMap before, AccessMap after)
    {
        (_before, After) = (before, after);
        var members = new Dictionary<(int Before, int After), List<int>>();
        for (var index = 0; index < after.Shards.Length * NodeShard.Size; index++)
        {
            if (after.NodeAt(index) is not { } node)
            {
                continue;
            }

            // Nobody saw a node that was another one.
            var earlier = before.NodeAt(index) is { } known && known.Id == node.Id ? known : null;
            var classes = (earlier is null ? -1 : before.ClassAt(index), after.ClassAt(index));
            if (!members.TryGetValue(classes, out var group))
            {
                members.Add(classes, group = []);
                _groups.Add(new Group(classes.Item1, classes.Item2, earlier is null || !LooksTheSame(index), group));
            }

            group.Add(index);
            if (earlier is { ApprovedRoutes.Length: > 0 } || node.ApprovedRoutes.Length > 0)
            {
                _routers.Add(index);
            }
        }
    }

    public AccessMap After { get; }

    /// <summary>
    /// Nodes that the viewer sees by one of the two maps alone, or that look otherwise by the later one, and now and then one more. A node
    /// that is gone is not among them.
    /// </summary>
    /// <param name="viewer">Its index.</param>
    public IReadOnlyList<int> PeersOf(int viewer) => _peers.GetOrAdd(
        (_before.ClassAt(viewer), After.ClassAt(viewer)), static (classes, state) => state.Change.Find(classes.Before, classes.After, state.Viewer), (Change: this, Viewer: viewer));

    private int[] Find(int classBefore, int classAfter, int viewer)
    {
        var (before, after) = (_before.SeenBy(classBefore), After.SeenBy(classAfter));
        var all = _before.LosesIPv4(viewer) != After.LosesIPv4(viewer);
        var peers = new HashSet<int>();
        foreach (var group in _groups)
        {
            var (was, isNow) = (group.Before >= 0 && before.Has(group.Before), after.Has(group.After));
            if (was != isNow || (isNow && (all || group.LooksOtherwise)))
            {
                peers.UnionWith(group.Members);
            }
        }

        foreach (var router in _routers)
        {
            // What a viewer is shown of routes is the same for all of its class, except that nobody is shown itself.
            if (after.Has(After.ClassAt(router)) && (router == viewer || !RoutesAreTheSame(viewer, router)))
            {
                peers.Add(router);
            }
        }

        return [.. peers];
    }

    private bool LooksTheSame(int node) =>
        _before.LosesIPv4(node) == After.LosesIPv4(node) && _before.PeerAttributesOf(node).Equals(After.PeerAttributesOf(node));

    private bool RoutesAreTheSame(int viewer, int router) =>
        _before.RoutesOf(viewer, router, PrimaryRoutes.ByRegistration) == After.RoutesOf(viewer, router, PrimaryRoutes.ByRegistration);

    private sealed record Group(int Before, int After, bool LooksOtherwise, List<int> Members);
}
