namespace MeshControl.Policy.Access;

/// <summary>Whom the step from one map to the next may concern: a quick answer, before anything is compared.</summary>
public sealed class AccessChange
{
    private readonly AccessMap _before;
    private readonly AccessMap _after;

    // Classes whose nodes came, went or changed.
    private readonly Bits _touched;

    // The last one that was asked for.
    private SightChange? _sight;

    private AccessChange(AccessMap before, AccessMap after, Bits touched, IReadOnlyList<int> reclassed, IReadOnlyList<int> rerouted)
    {
        _before = before;
        _after = after;
        _touched = touched;
        Reclassed = reclassed;
        Rerouted = rerouted;
    }

    /// <summary>The map that the step began with.</summary>
    public AccessMap Before => _before;

    /// <summary>Another policy came into force: everything may differ, and classes have other numbers.</summary>
    public bool IsOfPolicy => _before.Compiled != _after.Compiled;

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
        if (IsOfPolicy)
        {
            return true;
        }

        return _before.CellAt(viewer) is not { } before
            || _after.CellAt(viewer) is not { } after
            || before != after
            || _before.NodeAt(viewer) != _after.NodeAt(viewer)
            || MayChangeFilter(after)
            || Rerouted.Contains(viewer)
            || _after.Ssh.MayDiffer(_after, _before, _after.NodeAt(viewer)!, after.Key);
    }

    /// <summary>
    /// The same for all nodes of a class that did not change themselves, and that are not named by <see cref="Reclassed"/> or
    /// <see cref="Rerouted"/>: true when it is true of one of them.
    /// </summary>
    public bool MayConcernClass(int classId) =>
        IsOfPolicy
        || classId >= _before.Classes.Cells.Length
        || _after.Classes.Cells[classId] is not { } cell
        || _before.Classes.Cells[classId] != cell
        || MayChangeFilter(cell)
        || _after.Ssh.MayDiffer(_before.Ssh, cell.Key);

    /// <summary>
    /// Whether the viewer may see other nodes than before, or see them otherwise, though nothing about those nodes changed.
    /// </summary>
    public bool MayChangePeers(int viewer) => IsOfPolicy || _before.ClassAt(viewer) != _after.ClassAt(viewer);

    /// <summary>
    /// Whom viewers see otherwise by a later map than before the step. Those who saw the same step, and ask at the same time, ask for the same.
    /// </summary>
    public SightChange SightUntil(AccessMap later)
    {
        // Several may make it at once; what they find is the same.
        var sight = Volatile.Read(ref _sight);
        if (sight?.After != later)
        {
            Volatile.Write(ref _sight, sight = new SightChange(_before, later));
        }

        return sight;
    }

    private bool MayChangeFilter(ClassCell cell)
    {
        var access = cell.Access(_after.Compiled, _after.Classes);
        return access.Lists.Intersects(_touched) || (access.ListsRoutes && _before.Routes != _after.Routes);
    }
}
