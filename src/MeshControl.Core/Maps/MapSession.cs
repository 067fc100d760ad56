using System.Threading.Channels;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Maps;

/// <summary>
/// One open map stream: which nodes its client was told of, and what changed since. Changes are noted as (node, what), merged
/// while a write is in flight, and rendered from the current snapshot when they are sent: the pending work of a slow client
/// never exceeds one note per node.
/// </summary>
public sealed class MapSession
{
    /// <summary>Pings that wait to be sent: more would only pile up behind a client that does not read.</summary>
    public const int MaxPings = 8;

    /// <summary>Nodes of another class that a session looks at one by one when it is told of them; of more it looks at all.</summary>
    internal const int MaxLookedAt = 128;

    private readonly MapFeed _feed;
    private readonly TimeProvider _time;
    private readonly NodePublicKey _nodeKey;
    private readonly Lock _gate = new();

    // All below is guarded by _gate.
    private readonly NodeSet _shown = new();
    private readonly OwnerSet _owners = new();
    private readonly Queue<PingRequest> _pings = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Dictionary<int, NodeAspects> _pending = [];
    private List<NodeId> _removed = [];
    private HashSet<UserId> _users = [];

    // Owners of nodes that went since the last message.
    private HashSet<UserId?>? _left;
    private SettingsAspects _settings;
    private bool _access;

    // The first step of those that wait since which the viewer may see other nodes than before, or see them otherwise.
    private AccessChange? _peers;

    // What the client was told of who may do what, as long as a change of it waits: the map before the first change that may concern this
    // client comes to the same for it as the one that it was told by. Nothing is kept otherwise, or old maps would live as long as a stream.
    private AccessMap? _told;

    // The snapshot of the first message, and the last one that this stream was told of since; null before the first message.
    private long? _first;
    private long _noted;
    private volatile bool _unsettled;
    private NodeEntry _last;

    internal MapSession(MapFeed feed, TimeProvider time, NodeEntry viewer, int capabilityVersion)
    {
        _feed = feed;
        _time = time;
        _last = viewer;
        _nodeKey = viewer.Node.NodeKey;
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

    /// <summary>Where <see cref="MapAudience"/> keeps the session: by class, or −1.</summary>
    internal int PlaceClass { get; set; }

    /// <summary>And where there.</summary>
    internal int PlaceIndex { get; set; }

    /// <summary>The client was shown nodes that it does not see any more, or may have been: the next message will say so.</summary>
    internal bool IsUnsettled => _unsettled;

    /// <summary>Returns when there is something to send, when <see cref="Wake"/> was called, or when the stream must end.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>Makes <see cref="WaitAsync"/> return: somebody else has something to send, such as a keep-alive.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>The first message: the whole map as it is now. Null when the node is gone, or its key was replaced.</summary>
    public MapMessage? FirstMessage()
    {
        // Under the lock, so that a change is either in this snapshot or noted after it.
        TailnetSnapshot snapshot;
        NodeEntry? viewer;
        lock (_gate)
        {
            snapshot = _feed.Published;
            (_first, _noted) = (snapshot.Version, snapshot.Version);
            foreach (var index in snapshot.Access.PeersOf(Index).Indexes)
            {
                if (snapshot.Nodes[index] is { IsAnnounced: true } entry)
                {
                    _shown.Add(entry.Index);
                    _owners.Add(entry.Node.Owner);
                }
            }

            // Both may have happened before the stream was among those that are told.
            viewer = ViewerIn(snapshot);
            if (viewer is null)
            {
                EndBy(SessionEnd.NodeRemoved);
            }
            else if (viewer.Node.NodeKey != _nodeKey)
            {
                EndBy(SessionEnd.KeyReplaced);
                viewer = null;
            }
        }

        return viewer is null ? null : MapBuilder.Full(snapshot, viewer, Clock.Now(_time));
    }

    /// <summary>Asks the client to report, with the next message: whether it is there, for instance.</summary>
    /// <returns>False when the stream is ending, or when too many wait already.</returns>
    public bool TryPing(PingRequest ping)
    {
        lock (_gate)
        {
            if (End != SessionEnd.None || _pings.Count >= MaxPings)
            {
                return false;
            }

            _pings.Enqueue(ping);
        }

        Wake();
        return true;
    }

    /// <summary>What changed since the last message, and what the client is asked; null when there is nothing for this client.</summary>
    public MapMessage? NextMessage()
    {
        // A message has room for one.
        var (ping, more) = TakePing();
        if (more)
        {
            Wake();
        }

        var changes = NextChanges();
        return ping is null ? changes : changes?.With(ping) ?? (MapMessage)new OwnMessage(new MapResponse { PingRequest = ping });
    }

    /// <summary>
    /// The last message of a stream whose node was deleted: its key has expired, so the client asks for a login instead of
    /// believing itself connected.
    /// </summary>
    public MapMessage FarewellMessage()
    {
        lock (_gate)
        {
            return MapBuilder.Farewell(_feed.Published, _last, Clock.Now(_time));
        }
    }

    internal void Finish(SessionEnd end)
    {
        lock (_gate)
        {
            EndBy(end);
        }

        Wake();
    }

    /// <summary>
    /// Notes what a published change means for this client. Called by the writer, in order, for each session that the change concerns.
    /// </summary>
    /// <param name="notice">What of it concerns the viewer.</param>
    /// <param name="change">Against the snapshot before.</param>
    /// <param name="snapshot">The one that holds it.</param>
    /// <returns>Whether the session is unsettled from now on.</returns>
    internal bool Note(in MapNotice notice, TailnetChange change, TailnetSnapshot snapshot)
    {
        bool wake, wasUnsettled;
        lock (_gate)
        {
            wasUnsettled = _unsettled;

            // A first message that was made between the publishing and this call holds the change already.
            var told = _first is { } first && snapshot.Version > first;
            wake = notice.Self is { } self && NoteSelf(self, told);
            if (told)
            {
                _noted = snapshot.Version;
                var access = notice.Access ? change.Access : null;
                wake |= access is not null && NoteAccess(access);
                wake |= NoteNodes(notice, change, snapshot);
                wake |= notice.Rest && NoteRest(change);
                wake |= access is not null && NoteReclassed(access, snapshot);
            }
        }

        if (wake)
        {
            Wake();
        }

        return _unsettled && !wasUnsettled;
    }

    private (PingRequest? Ping, bool More) TakePing()
    {
        lock (_gate)
        {
            return _first is not null && _pings.TryDequeue(out var ping) ? (ping, _pings.Count > 0) : (null, false);
        }
    }

    private MapChanges? NextChanges()
    {
        TailnetSnapshot snapshot;
        var delta = new MapDelta();
        lock (_gate)
        {
            if (_first is null || (_pending.Count + _removed.Count + _users.Count == 0 && _settings == SettingsAspects.None && !_access && _peers is null))
            {
                return null;
            }

            snapshot = _feed.At(_noted);
            (delta.Told, _told) = (_told, null);
            (delta.Removed, _removed) = (_removed, []);
            (delta.Settings, _settings) = (_settings, SettingsAspects.None);
            (delta.Access, _access) = (_access, false);
            (var pending, _pending) = (_pending, []);
            (var peers, _peers) = (_peers, null);
            foreach (var (index, aspects) in pending)
            {
                // What is looked at here is not looked at again below, so a patch must not stand for a node that the viewer now sees otherwise.
                var isPatchEnough = peers is null || MapNodes.LooksTheSame(peers.Before, snapshot.Access, Index, index);
                Sort(delta, snapshot, index, isPatchEnough ? aspects : aspects | NodeAspects.Appeared);
            }

            if (peers is not null)
            {
                Review(delta, snapshot, peers, pending);
            }

            if (_left is not null)
            {
                ForgetUnseen(_left, snapshot);
                _left = null;
            }

            if (_users.Count > 0)
            {
                (delta.Users, _users) = (_users, []);
                KeepShownOwners(delta.Users, snapshot);
            }

            _unsettled = false;
        }

        return ViewerIn(snapshot) is { } viewer ? MapBuilder.Delta(snapshot, viewer, delta, _feed.Shared, Clock.Now(_time)) : null;
    }

    private NodeEntry? ViewerIn(TailnetSnapshot snapshot) =>
        snapshot.Nodes[Index] is { } entry && entry.Id == NodeId ? entry : null;

    private void EndBy(SessionEnd end) => End = End == SessionEnd.None ? end : End;

    private bool NoteNodes(in MapNotice notice, TailnetChange change, TailnetSnapshot snapshot)
    {
        // Whoever may see other nodes by the time of the message is told of all.
        var all = _peers is not null;
        var wake = false;

        // First those that are gone: another one may have got the index.
        foreach (var transition in all ? change.Nodes.Where(transition => transition.After is null) : notice.Gone ?? [])
        {
            wake |= NoteGone(transition.Entry);
        }

        foreach (var transition in all ? change.Nodes.Where(transition => transition.After is not null) : notice.Changed ?? [])
        {
            wake |= transition.Entry.Id != NodeId && NoteOther(transition, snapshot);
        }

        return wake;
    }

    private bool NoteGone(NodeEntry entry)
    {
        _pending.Remove(entry.Index);
        if (!_shown.Remove(entry.Index))
        {
            return false;
        }

        _removed.Add(entry.Id);
        (_left ??= []).Add(entry.Node.Owner);
        return true;
    }

    private bool NoteOther(NodeTransition transition, TailnetSnapshot snapshot)
    {
        var index = transition.Entry.Index;

        // Who is neither shown nor to be shown is no news, unless that may be otherwise by then.
        if (transition.Aspects == NodeAspects.SelfOnly || !(_peers is not null || _shown.Contains(index) || snapshot.Access.Sees(Index, index)))
        {
            return false;
        }

        // Clients forget profiles of whom they see no node, and this may be the only one of its new owner: it is told again.
        if (transition is { Before: { } before, After: { } after } && before.Node.Owner != after.Node.Owner)
        {
            _owners.Remove(after.Node.Owner);
        }

        _pending[index] = _pending.GetValueOrDefault(index) | transition.Aspects;
        return true;
    }

    private bool NoteRest(TailnetChange change)
    {
        var wake = change.Settings != SettingsAspects.None;
        _settings |= change.Settings;
        foreach (var user in change.Users)
        {
            // Of others the client was told nothing, and if it ever is, then with their profiles.
            wake |= (_last.Node.Owner == user || _owners.Contains(user)) && _users.Add(user);
        }

        return wake;
    }

    private bool NoteSelf(NodeTransition transition, bool told)
    {
        if (transition.After is null)
        {
            EndBy(SessionEnd.NodeRemoved);
            return true;
        }

        _last = transition.After;
        if (transition.After.Node.NodeKey != _nodeKey)
        {
            EndBy(SessionEnd.KeyReplaced);
            return true;
        }

        if (!told || (transition.Aspects & (NodeAspects.Whole | NodeAspects.SelfOnly)) == 0)
        {
            return false;
        }

        _pending[Index] = _pending.GetValueOrDefault(Index) | NodeAspects.Whole;
        return true;
    }

    /// <summary>Notes what a change of policy, users or classes of nodes may mean here; most mean nothing.</summary>
    private bool NoteAccess(AccessChange change)
    {
        // Many at once are looked at where they are rendered, and not here, where the writer waits.
        var many = change.Reclassed.Count + change.Rerouted.Count > MaxLookedAt;
        var (concerned, peers) = (change.MayConcern(Index), many || change.MayChangePeers(Index));
        _access |= concerned;
        _told = concerned || peers ? _told ?? change.Before : _told;
        _peers = peers ? _peers ?? change : _peers;
        _unsettled |= peers;
        return concerned || peers;
    }

    /// <summary>Notes nodes that the viewer may see otherwise than before, though neither they nor the viewer changed.</summary>
    private bool NoteReclassed(AccessChange change, TailnetSnapshot snapshot)
    {
        // Whatever changed since then is looked at when it is rendered.
        if (_peers is not null)
        {
            return false;
        }

        var reclassed = false;
        foreach (var index in change.Reclassed.Concat(change.Rerouted))
        {
            if (index == Index)
            {
                continue;
            }

            var sees = snapshot.Nodes[index] is { IsAnnounced: true } && snapshot.Access.Sees(Index, index);
            if (_shown.Contains(index) != sees || (sees && !MapNodes.LooksTheSame(change.Before, snapshot.Access, Index, index)))
            {
                _pending[index] = _pending.GetValueOrDefault(index) | NodeAspects.Appeared;
                reclassed = true;
            }
        }

        _unsettled |= reclassed;
        return reclassed;
    }

    /// <summary>Decides how a changed node is shown: not at all, as a patch, or whole.</summary>
    private void Sort(MapDelta delta, TailnetSnapshot snapshot, int index, NodeAspects aspects)
    {
        if (index == Index)
        {
            delta.Self = true;
        }
        else if (snapshot.Nodes[index] is not { } entry)
        {
            return;
        }
        else if (!entry.IsAnnounced || !snapshot.Access.Sees(Index, index))
        {
            Hide(delta, entry);
        }
        else if (!_shown.Contains(entry.Index))
        {
            _shown.Add(entry.Index);
            ShowWhole(delta, entry);
        }
        else if ((aspects & (NodeAspects.Whole | NodeAspects.Hostinfo | NodeAspects.Appeared)) != 0)
        {
            ShowWhole(delta, entry);
            var apart = aspects & NotTakenFromAWholeNode(entry);
            if (apart != NodeAspects.None)
            {
                delta.Patched.Add((entry, apart));
            }
        }
        else
        {
            delta.Patched.Add((entry, aspects));
        }
    }

    /// <summary>
    /// Looks at the nodes that the viewer may see otherwise: it, or the policy, is not what it was. Of the others, those that nothing happened
    /// to are shown as they are to be shown, and those that changed since were noted.
    /// </summary>
    /// <param name="delta">Filled.</param>
    /// <param name="snapshot">What is true now.</param>
    /// <param name="since">The first step that may have changed it.</param>
    /// <param name="done">Those that were looked at already.</param>
    private void Review(MapDelta delta, TailnetSnapshot snapshot, AccessChange since, Dictionary<int, NodeAspects> done)
    {
        var visible = snapshot.Access.PeersOf(Index);
        foreach (var index in since.SightUntil(snapshot.Access).PeersOf(Index))
        {
            if (index == Index || done.ContainsKey(index) || snapshot.Nodes[index] is not { } entry)
            {
                continue;
            }

            if (!entry.IsAnnounced || !visible.Contains(index))
            {
                Hide(delta, entry);
            }
            else if (!_shown.Contains(index))
            {
                _shown.Add(index);
                ShowWhole(delta, entry);
            }
            else if (!MapNodes.LooksTheSame(since.Before, snapshot.Access, Index, index))
            {
                ShowWhole(delta, entry);
            }
        }
    }

    /// <summary>Takes out users of whom no node is shown any more: their profiles are no business of the viewer.</summary>
    private void KeepShownOwners(HashSet<UserId> users, TailnetSnapshot snapshot)
    {
        var unseen = users.Select(user => (UserId?)user).ToHashSet();
        ForgetUnseen(unseen, snapshot);
        users.RemoveWhere(user => unseen.Contains(user));
    }

    /// <summary>Clients forget profiles of whom they see no node: should one come, its owner is told again.</summary>
    /// <param name="owners">Left with those of whom no node is shown.</param>
    /// <param name="snapshot">What the client is told now.</param>
    private void ForgetUnseen(HashSet<UserId?> owners, TailnetSnapshot snapshot)
    {
        // Most have others that are shown, and one of those is soon found.
        foreach (var entry in snapshot.Nodes)
        {
            if ((entry.Index == Index || _shown.Contains(entry.Index)) && owners.Remove(entry.Node.Owner) && owners.Count == 0)
            {
                return;
            }
        }

        foreach (var owner in owners)
        {
            _owners.Remove(owner);
        }
    }

    private void Hide(MapDelta delta, NodeEntry entry)
    {
        if (_shown.Remove(entry.Index))
        {
            delta.Removed.Add(entry.Id);
            (_left ??= []).Add(entry.Node.Owner);
        }
    }

    private void ShowWhole(MapDelta delta, NodeEntry entry)
    {
        delta.Changed.Add(entry);
        delta.Profiles |= _owners.Add(entry.Node.Owner);
    }

    /// <summary>
    /// What a client that knows a node overlooks when it is sent whole: it compares the two, and takes neither an empty list for
    /// a change nor a time that it had none of before. A patch beside it says both.
    /// </summary>
    private static NodeAspects NotTakenFromAWholeNode(NodeEntry entry) =>
        (entry.Presence.Endpoints.IsEmpty ? NodeAspects.Endpoints : NodeAspects.None)
        | (entry.Presence.Online ? NodeAspects.None : NodeAspects.Online);
}
