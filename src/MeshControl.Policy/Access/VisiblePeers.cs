namespace MeshControl.Policy.Access;

/// <summary>The peers of one viewer. Decided by their classes.</summary>
public sealed class VisiblePeers
{
    private readonly AccessMap _map;
    private readonly int _viewer;
    private readonly Bits _classes;

    internal VisiblePeers(AccessMap map, int viewer) => (_map, _viewer, _classes) = (map, viewer, map.SeenBy(map.ClassAt(viewer)));

    /// <summary>All of them by index, class by class: costs what is visible, not what there is.</summary>
    public IEnumerable<int> Indexes
    {
        get
        {
            foreach (var id in _classes.Numbers())
            {
                foreach (var index in _map.MembersOf(id))
                {
                    if (index != _viewer)
                    {
                        yield return index;
                    }
                }
            }
        }
    }

    public bool Contains(int node) => node != _viewer && _map.ClassAt(node) is var id and >= 0 && _classes.Has(id);
}
