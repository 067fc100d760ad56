using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>Tells mesh peers of every client that comes, and of every one whose last connection has ended.</summary>
internal sealed class MeshWatchers(PeerRegistry registry)
{
    // Guards the list, and the order of what each watcher is told: first who is here, then what changes.
    private readonly Lock _gate = new();
    private readonly List<RelayConnection> _watchers = [];
    private volatile bool _any;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Starts with all that are here.</summary>
    public void Add(RelayConnection watcher)
    {
        lock (_gate)
        {
            if (_watchers.Contains(watcher))
            {
                return;
            }

            _watchers.Add(watcher);
            _any = true;

            // A client is in the registry before it looks for watchers: one of both sees the other.
            Interlocked.MemoryBarrier();
            RelayConnection[] present = [.. registry.Slots.Select(slot => slot.Active).OfType<RelayConnection>()];
            watcher.Outbox.Post(present, static (queue, present) =>
            {
                queue.Presence ??= new PresenceQueue();
                foreach (var client in present)
                {
                    queue.Presence.Present(client.Key, client.Remote, client.PresentFlags);
                }
            });
        }
    }

    public void Remove(RelayConnection watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
            _any = _watchers.Count > 0;
        }
    }

    /// <summary>A client has been registered.</summary>
    public void OnConnected(RelayConnection client)
    {
        Interlocked.MemoryBarrier();
        if (!_any)
        {
            // Whoever begins to watch from now on finds the client in the registry.
            return;
        }

        lock (_gate)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Outbox.Post(client, static (queue, client) => queue.Presence?.Present(client.Key, client.Remote, client.PresentFlags));
            }
        }
    }

    /// <summary>A client's last connection has been removed.</summary>
    public void OnGone(NodePublicKey key)
    {
        if (!_any)
        {
            return;
        }

        lock (_gate)
        {
            if (registry.Find(key)?.Active is not null)
            {
                // Back again already; what was told of that may have overtaken this.
                return;
            }

            foreach (var watcher in _watchers)
            {
                watcher.Outbox.Post(key, static (queue, key) => queue.Presence?.Gone(key));
            }
        }
    }
}
