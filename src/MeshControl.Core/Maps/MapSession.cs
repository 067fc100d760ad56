using System.Threading.Channels;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>
/// One open map stream: which nodes its client was told of, and what changed since. Changes are noted as (node, what), merged
/// while a write is in flight, and rendered from the current snapshot when they are sent: the pending work of a slow client
/// never exceeds one note per node.
/// </summary>
public sealed class MapSession
{
    private readonly Tailnet _tailnet;
    private readonly Lock _gate = new();

    // All below is guarded by _gate.
    private readonly NodeSet _told = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Dictionary<int, NodeAspects> _pending = [];
    private List<NodeId> _removed = [];
    private HashSet<UserId> _users = [];
    private bool _settings;
    private bool _started;
    private NodeEntry? _last;

    internal MapSession(Tailnet tailnet, NodeEntry viewer, int capabilityVersion)
    {
        _tailnet = tailnet;
        _last = viewer;
        NodeId = viewer.Id;
        Index = viewer.Index;
        CapabilityVersion = capabilityVersion;
    }

    public NodeId NodeId { get; }

    /// <summary>The client's capability version.</summary>
    public int CapabilityVersion { get; }

    /// <summary>Why the stream must end, once <see cref="WaitAsync"/> has returned.</summary>
    public SessionEnd End { get; private set; }

    internal int Index { get; }

    /// <summary>Returns when there is something to send, when <see cref="Wake"/> was called, or when the stream must end.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>Makes <see cref="WaitAsync"/> return: somebody else has something to send, such as a keep-alive.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>The first message: the whole map as it is now. Null when the node is gone.</summary>
    public MapResponse? First()
    {
        // Under the lock, so that a change is either in this snapshot or noted after it.
        TailnetSnapshot snapshot;
        lock (_gate)
        {
            snapshot = _tailnet.Snapshot;
            _pending.Clear();
            _removed.Clear();
            _users.Clear();
            _settings = false;
            _started = true;
            foreach (var entry in snapshot.Nodes)
            {
                if (Visibility.Sees(Index, entry))
                {
                    _told.Add(entry.Index);
                }
            }
        }

        return snapshot.Nodes[Index] is { } viewer && viewer.Id == NodeId ? MapBuilder.Full(snapshot, viewer, _tailnet.Now) : null;
    }

    /// <summary>What changed since the last message; null when nothing did that this client can see.</summary>
    public MapResponse? Next()
    {
        Dictionary<int, NodeAspects> pending;
        TailnetSnapshot snapshot;
        var delta = new MapDelta();
        lock (_gate)
        {
            if (_pending.Count + _removed.Count + _users.Count == 0 && !_settings)
            {
                return null;
            }

            snapshot = _tailnet.Snapshot;
            (pending, _pending) = (_pending, []);
            (delta.Removed, _removed) = (_removed, []);
            (delta.Users, _users) = (_users, []);
            (delta.Settings, _settings) = (_settings, false);
            foreach (var (index, aspects) in pending)
            {
                Sort(delta, snapshot.Nodes[index], aspects);
            }
        }

        return snapshot.Nodes[Index] is { } viewer && viewer.Id == NodeId
            ? MapBuilder.Delta(snapshot, viewer, delta, _tailnet.Now)
            : null;
    }

    /// <summary>
    /// The last message of a stream whose node was deleted: its key has expired, so the client asks for a login instead of
    /// believing itself connected.
    /// </summary>
    public MapResponse? Farewell()
    {
        var last = _last;
        return last is null ? null : MapBuilder.Farewell(_tailnet.Snapshot, last, _tailnet.Now);
    }

    internal void Finish(SessionEnd end)
    {
        lock (_gate)
        {
            if (End == SessionEnd.None)
            {
                End = end;
            }
        }

        Wake();
    }

    /// <summary>Notes what a published change means for this client. Called by the writer, for each session, in order.</summary>
    internal void Note(TailnetChange change)
    {
        var wake = false;
        lock (_gate)
        {
            foreach (var transition in change.Nodes)
            {
                wake |= Note(transition);
            }

            if (_started)
            {
                foreach (var user in change.Users)
                {
                    wake |= _users.Add(user);
                }

                _settings |= change.Settings;
                wake |= change.Settings;
            }
        }

        if (wake)
        {
            Wake();
        }
    }

    private bool Note(NodeTransition transition)
    {
        var index = transition.Entry.Index;
        if (index == Index && transition.Entry.Id == NodeId)
        {
            return NoteSelf(transition);
        }

        if (transition.After is null)
        {
            _pending.Remove(index);
            if (!_told.Remove(index))
            {
                return false;
            }

            _removed.Add(transition.Entry.Id);
            return true;
        }

        if (!_started || transition.Aspects == NodeAspects.SelfOnly)
        {
            return false;
        }

        _pending[index] = _pending.GetValueOrDefault(index) | transition.Aspects;
        return true;
    }

    private bool NoteSelf(NodeTransition transition)
    {
        if (transition.After is null)
        {
            End = End == SessionEnd.None ? SessionEnd.NodeRemoved : End;
            return true;
        }

        _last = transition.After;
        if (transition.Before is { } before && before.Node.NodeKey != transition.After.Node.NodeKey)
        {
            End = End == SessionEnd.None ? SessionEnd.KeyReplaced : End;
            return true;
        }

        if (!_started || (transition.Aspects & (NodeAspects.Whole | NodeAspects.SelfOnly)) == 0)
        {
            return false;
        }

        _pending[Index] = _pending.GetValueOrDefault(Index) | NodeAspects.Whole;
        return true;
    }

    /// <summary>Decides how a changed node is shown: not at all, as a patch, or whole.</summary>
    private void Sort(MapDelta delta, NodeEntry? entry, NodeAspects aspects)
    {
        if (entry is null)
        {
            return;
        }

        if (entry.Index == Index)
        {
            delta.Self = true;
        }
        else if (!Visibility.Sees(Index, entry))
        {
            if (_told.Remove(entry.Index))
            {
                delta.Removed.Add(entry.Id);
            }
        }
        else if (!_told.Contains(entry.Index))
        {
            _told.Add(entry.Index);
            delta.Changed.Add(entry);
        }
        else if ((aspects & (NodeAspects.Whole | NodeAspects.Hostinfo | NodeAspects.Appeared)) != 0)
        {
            delta.Changed.Add(entry);

            // A client does not take an empty list from a whole node for a change.
            if ((aspects & NodeAspects.Endpoints) != 0 && entry.Presence.Endpoints.IsEmpty)
            {
                delta.Patched.Add((entry, NodeAspects.Endpoints));
            }
        }
        else
        {
            delta.Patched.Add((entry, aspects));
        }
    }
}
