using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Everything the relay knows of one key: its connections, through which other relays it can be reached, and who is to be told when it is
/// gone. It lives from the first connection or forwarder to the last; then it is dead for good, and a new one takes its place.
/// </summary>
internal sealed class PeerSlot(NodePublicKey key)
{
    private readonly Lock _gate = new();

    // Replaced under the lock; in the order in which they were last active, so that the last one is.
    private volatile RelayConnection[] _connections = [];

    // Replaced under the lock; in the order in which they became known.
    private volatile IPacketForwarder[] _forwarders = [];
    private volatile RelayConnection? _active;
    private HashSet<RelayConnection>? _receivers;
    private volatile FightWatch? _fights;
    private bool _dead;

    public NodePublicKey Key { get; } = key;

    /// <summary>The connection that gets all packets; null when the key is not connected here.</summary>
    public RelayConnection? Active => _active;

    /// <summary>The relay that has known the key for the longest; null when none does.</summary>
    public IPacketForwarder? Forwarder => _forwarders is [var first, ..] ? first : null;

    public RelayConnection[] Connections => _connections;

    public bool IsRemote => _forwarders.Length > 0;

    /// <summary>Only keys with several connections have one.</summary>
    public FightWatch? Fights => _fights;

    /// <summary>Adds a connection, which becomes the active one.</summary>
    /// <param name="evicted">The one that was silent the longest, when there are too many now.</param>
    /// <returns>False when the slot is dead.</returns>
    public bool TryAdd(RelayConnection connection, int maxConnections, out RelayConnection? evicted)
    {
        evicted = null;
        lock (_gate)
        {
            if (_dead)
            {
                return false;
            }

            if (_connections.Length >= maxConnections)
            {
                // It leaves when its reader ends, like any other.
                evicted = _connections.FirstOrDefault(other => !other.IsClosed);
            }

            _connections = [.. _connections, connection];
            _active = connection;
            if (_connections.Length > 1)
            {
                _fights ??= new FightWatch();
            }

            return true;
        }
    }

    /// <summary>The connection has sent something, so it is the active one.</summary>
    /// <returns>Whether another one was.</returns>
    public bool MakeActive(RelayConnection connection)
    {
        if (_active == connection)
        {
            return false;
        }

        lock (_gate)
        {
            if (_active == connection || !_connections.Contains(connection))
            {
                return false;
            }

            _connections = [.. _connections.Where(other => other != connection), connection];
            _active = connection;
            return true;
        }
    }

    /// <param name="left">How many connections the key still has.</param>
    /// <returns>Whether the key is gone from the region, so that those who heard of it must be told.</returns>
    public bool Remove(RelayConnection connection, out int left)
    {
        lock (_gate)
        {
            _connections = [.. _connections.Where(other => other != connection)];
            _active = _connections is [.., var last] ? last : null;
            left = _connections.Length;
            return DieIfEmpty();
        }
    }

    /// <returns>False when the slot is dead.</returns>
    public bool TryAdd(IPacketForwarder forwarder)
    {
        lock (_gate)
        {
            if (!_dead && !_forwarders.Contains(forwarder))
            {
                _forwarders = [.. _forwarders, forwarder];
            }

            return !_dead;
        }
    }

    /// <returns>As for a connection.</returns>
    public bool Remove(IPacketForwarder forwarder)
    {
        lock (_gate)
        {
            if (_dead || !_forwarders.Contains(forwarder))
            {
                return false;
            }

            _forwarders = [.. _forwarders.Where(other => other != forwarder)];
            return DieIfEmpty();
        }
    }

    /// <summary>Notes that a connection gets packets from this key. To be called once per pair; more often does no harm.</summary>
    public void AddReceiver(RelayConnection receiver)
    {
        if (!receiver.Seen.TryAdd(this))
        {
            return;
        }

        var added = false;
        lock (_gate)
        {
            if (!_dead)
            {
                (_receivers ??= []).Add(receiver);
                added = true;
            }
        }

        if (!added || receiver.IsClosed)
        {
            // One of the two has ended meanwhile, and may have looked before this.
            receiver.Seen.Remove(this);
            RemoveReceiver(receiver);
        }
    }

    public void RemoveReceiver(RelayConnection receiver)
    {
        lock (_gate)
        {
            _receivers?.Remove(receiver);
        }
    }

    /// <summary>Tells all who got packets from this key that it is gone. Only for a dead slot.</summary>
    public void TellGone()
    {
        HashSet<RelayConnection>? receivers;
        lock (_gate)
        {
            receivers = _receivers;
            _receivers = null;
        }

        foreach (var receiver in receivers ?? [])
        {
            if (receiver.Seen.Remove(this))
            {
                receiver.Outbox.Post(Key, static (queue, key) => queue.AddGone(key, PeerGoneReason.Disconnected));
            }
        }
    }

    private bool DieIfEmpty()
    {
        _dead = _connections.Length == 0 && _forwarders.Length == 0;
        return _dead;
    }
}
