namespace MeshControl.Policy.Access;

/// <summary>The peers of one viewer. Decided by their classes, once each.</summary>
public sealed class VisiblePeers
{
    private readonly AccessMap _map;
    private readonly int _viewer;
    private readonly bool[] _classes;

    internal VisiblePeers(AccessMap map, int viewer)
    {
        (_map, _viewer) = (map, viewer);
        var cells = map.Classes.Cells;
        _classes = new bool[cells.Length];
        if (map.CellAt(viewer) is not { } own)
        {
            return;
        }

        var (ownClass, ownAccess) = (map.ClassAt(viewer), map.AccessOf(own));
        for (var id = 0; id < cells.Length; id++)
        {
            _classes[id] = cells[id] is { } cell && (ownAccess.IsOpenTo(id) || map.AccessOf(cell).IsOpenTo(ownClass));
        }
    }

    public bool Contains(int node) => node != _viewer && _map.ClassAt(node) is var id and >= 0 && _classes[id];
}
