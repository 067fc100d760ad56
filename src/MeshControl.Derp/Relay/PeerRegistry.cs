using System.Collections.Concurrent;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Who is connected, by key. Looking a key up takes no lock. The keys' hash is seeded per process, since clients choose their keys.
/// </summary>
internal sealed class PeerRegistry(int maxConnectionsPerKey)
{
    private readonly ConcurrentDictionary<NodePublicKey, PeerSlot> _slots = new();

    public IEnumerable<PeerSlot> Slots => _slots.Select(entry => entry.Value);

    public PeerSlot? Find(NodePublicKey key) => _slots.GetValueOrDefault(key);

    public PeerSlot Add(RelayConnection connection, out RelayConnection? evicted)
    {
        while (true)
        {
            var slot = _slots.GetOrAdd(connection.Key, static key => new PeerSlot(key));
            if (slot.TryAdd(connection, maxConnectionsPerKey, out evicted))
            {
                return slot;
            }

            Forget(slot);
        }
    }

    public void Add(NodePublicKey key, IPacketForwarder forwarder)
    {
        while (true)
        {
            var slot = _slots.GetOrAdd(key, static key => new PeerSlot(key));
            if (slot.TryAdd(forwarder))
            {
                return;
            }

            Forget(slot);
        }
    }

    public void Remove(RelayConnection connection, PeerSlot slot, out int left)
    {
        if (slot.Remove(connection, out left))
        {
            Forget(slot);
            slot.TellGone();
        }
    }

    public void Remove(NodePublicKey key, IPacketForwarder forwarder)
    {
        if (Find(key) is { } slot && slot.Remove(forwarder))
        {
            Forget(slot);
            slot.TellGone();
        }
    }

    // Only this very slot: a living one may have taken its place.
    private void Forget(PeerSlot slot) => _slots.TryRemove(new KeyValuePair<NodePublicKey, PeerSlot>(slot.Key, slot));
}
