namespace MeshControl.Policy.Access;

/// <summary>Whom the step from one map to the next may concern: a quick answer, before anything is compared.</summary>
public sealed class AccessChange
{
    private readonly AccessMap _before;
    private readonly AccessMap _after;

    // Classes whose nodes came, went or changed.
    private readonly Bits _touched;

    private AccessChange(AccessMap before, AccessMap after, Bits touched, IReadOnlyList<int> reclassed, IReadOnlyList<int> rerouted)
    {
        _before = before;
        _after = after;
        _touched = touched;
        Reclassed = reclassed;
        Rerouted = rerouted;
    }

    /// <summary>Nodes that others may see otherwise than before, or no longer, without being new or gone themselves.</summary>
    public IReadOnlyList<int> Reclassed { get; }

    /// <summary>
    /// Routers that share a route with one that came, went or changed, and that one if it is there: a viewer may be meant to use another than before.
    /// </summary>
    public IReadOnlyList<int> Rerouted { get; }

    /// <summary>Between a map and one that was made from it.</summary>
    internal static AccessChange Of(AccessMap before, AccessMap after, Bits touched, IReadOnlyList<int> reclassed, IReadOnlyList<int> rerouted) =>
        new(before, after, touched, reclassed, rerouted);

    /// <summary>Between the maps of two policies: everything may differ.</summary>
    public static AccessChange OfPolicy(AccessMap before, AccessMap after) => new(before, after, Bits.None, [], []);

    /// <summary>
    /// Whether something that the viewer is told of itself, its filter or its SSH rules may differ. False for most viewers of most changes;
    /// true now and then without need.
    /// </summary>
    public bool MayConcern(int viewer)
    {
        if (_before.Compiled != _after.Compiled)
        {
            return true;
        }

        if (_before.CellAt(viewer) is not { } before || _after.CellAt(viewer) is not { } after)
        {
            return true;
        }

        var access = after.Access(_after.Compiled, _after.Classes);
        return before != after
            || _before.NodeAt(viewer) != _after.NodeAt(viewer)
            || access.Lists.Intersects(_touched)
            || (access.ListsRoutes && _before.Routes != _after.Routes)
            || Rerouted.Contains(viewer)
            || _after.Ssh.MayDiffer(_after, _before, _after.NodeAt(viewer)!, after.Key);
    }

    /// <summary>
    /// Whether the viewer may see other nodes than before, or see them otherwise, though nothing about those nodes changed.
    /// </summary>
    public bool MayChangePeers(int viewer) => _before.Compiled != _after.Compiled || _before.ClassAt(viewer) != _after.ClassAt(viewer);
}
