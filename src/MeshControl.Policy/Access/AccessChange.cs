namespace MeshControl.Policy.Access;

/// <summary>Whom the step from one map to the next may concern: a quick answer, before anything is compared.</summary>
public sealed class AccessChange
{
    private readonly AccessMap _before;
    private readonly AccessMap _after;

    // Classes whose nodes came, went or changed.
    private readonly Bits _touched;

    private AccessChange(AccessMap before, AccessMap after, Bits touched, IReadOnlyList<int> reclassed)
    {
        _before = before;
        _after = after;
        _touched = touched;
        Reclassed = reclassed;
    }

    /// <summary>Nodes that others may see otherwise than before, or no longer, without being new or gone themselves.</summary>
    public IReadOnlyList<int> Reclassed { get; }

    /// <summary>Between a map and one that was made from it.</summary>
    internal static AccessChange Of(AccessMap before, AccessMap after, Bits touched, IReadOnlyList<int> reclassed) =>
        new(before, after, touched, reclassed);

    /// <summary>Between the maps of two policies: everything may differ.</summary>
    public static AccessChange OfPolicy(AccessMap before, AccessMap after) => new(before, after, Bits.None, []);

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
            || _after.Ssh.MayDiffer(_before.Ssh, after.Key);
    }

    /// <summary>
    /// Whether the viewer may see other nodes than before, or see them otherwise, though nothing about those nodes changed.
    /// </summary>
    public bool MayChangePeers(int viewer) => _before.Compiled != _after.Compiled || _before.ClassAt(viewer) != _after.ClassAt(viewer);
}
