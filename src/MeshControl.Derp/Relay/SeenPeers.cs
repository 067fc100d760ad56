namespace MeshControl.Derp.Relay;

/// <summary>
/// From whom a connection has got packets: whose end it is told of. The other side of a slot's receivers, so that both can be cleaned up when
/// either ends. A lock of its own, which is never held together with a slot's.
/// </summary>
internal sealed class SeenPeers
{
    /// <summary>Of more than so many peers a connection is not told that they are gone; it finds out by itself, as without a relay.</summary>
    public const int MaxPeers = 4_096;

    private readonly Lock _gate = new();
    private HashSet<PeerSlot>? _slots;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _slots?.Count ?? 0;
            }
        }
    }

    /// <returns>False when it is known already, or when there are too many.</returns>
    public bool TryAdd(PeerSlot slot)
    {
        lock (_gate)
        {
            return (_slots?.Count ?? 0) < MaxPeers && (_slots ??= []).Add(slot);
        }
    }

    public bool Remove(PeerSlot slot)
    {
        lock (_gate)
        {
            return _slots?.Remove(slot) == true;
        }
    }

    public IReadOnlyCollection<PeerSlot> TakeAll()
    {
        lock (_gate)
        {
            var slots = _slots;
            _slots = null;
            return slots ?? (IReadOnlyCollection<PeerSlot>)[];
        }
    }
}
