using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Maps;

/// <summary>
/// Finds the sessions that a change concerns without looking at all: the open sessions are kept by the class of their node, and who sees a
/// node is decided by classes.
/// <code>
/// changed node ─► its class ─► classes that see it ─► their sessions
/// </code>
/// Guarded by the lock of <see cref="MapSessions"/>; only the writer moves it on.
/// </summary>
internal sealed class MapAudience(TailnetSnapshot snapshot)
{
    private readonly Dictionary<NodeId, MapSession> _current = [];
    private readonly Dictionary<MapSession, MapNotice> _notices = [];
    private readonly Dictionary<int, List<NodeTransition>> _byClass = [];

    // Sessions whose node the snapshot below does not know: it is newer, or gone.
    private readonly List<MapSession> _unplaced = [];

    // Sessions that have not yet rendered that they see other nodes than before: what they were shown does not follow from classes alone.
    private readonly List<MapSession> _unsettled = [];
    private List<MapSession>?[] _ofClass = [];

    // What the sessions are placed by.
    private TailnetSnapshot _snapshot = snapshot;

    public int Count => _current.Count;

    public IEnumerable<MapSession> All => _current.Values;

    public bool TryGet(NodeId node, [NotNullWhen(true)] out MapSession? session) => _current.TryGetValue(node, out session);

    /// <summary>Adds a session.</summary>
    /// <returns>The one that it replaces.</returns>
    public MapSession? Add(MapSession session)
    {
        if (_current.Remove(session.NodeId, out var old))
        {
            Displace(old);
        }

        _current.Add(session.NodeId, session);
        Place(session);
        return old;
    }

    /// <returns>False when the session is not its node's any more.</returns>
    public bool Remove(MapSession session)
    {
        if (!_current.TryGetValue(session.NodeId, out var current) || current != session)
        {
            return false;
        }

        _current.Remove(session.NodeId);
        Displace(session);
        return true;
    }

    /// <summary>
    /// A session waits with what it was shown: it is told of everything until it has caught up, since a node that it does not see now may be
    /// one that it still shows, and will see again. Called by the writer.
    /// </summary>
    public void MarkUnsettled(MapSession session) => _unsettled.Add(session);

    /// <summary>
    /// Finds out which classes see those that a change is about, which may take compiling the policy for many of them. Called by the writer,
    /// without the lock: it alone moves on what this looks at.
    /// </summary>
    /// <param name="change">What <see cref="Advance"/> will be called with.</param>
    /// <param name="snapshot">The same.</param>
    public void Prepare(TailnetChange change, TailnetSnapshot snapshot)
    {
        if (ConcernsAll(change))
        {
            return;
        }

        var indexes = change.Nodes.Select(transition => transition.Entry.Index);
        indexes = change.Access is { } access ? indexes.Concat(access.Reclassed).Concat(access.Rerouted) : indexes;
        foreach (var index in indexes)
        {
            // What is found stays with the map.
            _ = _snapshot.Access.ClassesSeeing(_snapshot.Access.ClassOf(index));
            _ = snapshot.Access.ClassesSeeing(snapshot.Access.ClassOf(index));
        }
    }

    /// <summary>Moves on to the next snapshot.</summary>
    /// <param name="change">Against the one before.</param>
    /// <param name="snapshot">The one that holds it.</param>
    /// <param name="audience">Filled with those that have to be told, and of what.</param>
    public void Advance(TailnetChange change, TailnetSnapshot snapshot, List<KeyValuePair<MapSession, MapNotice>> audience)
    {
        _notices.Clear();
        _byClass.Clear();
        _unsettled.RemoveAll(session => !session.IsUnsettled || !IsCurrent(session));
        if (ConcernsAll(change))
        {
            NoticeAll(_current.Values, change);
            PlaceAll(snapshot);
        }
        else
        {
            NoticeThoseBefore(change);
            Move(change, snapshot);
            NoticeThoseAfter(change);
            NoticeAll(_unsettled, change);
        }

        audience.AddRange(_notices);

        // Not kept until the next change: a session that closes meanwhile may go.
        _notices.Clear();
    }

    private static bool ConcernsAll(TailnetChange change) =>
        change.Settings != SettingsAspects.None || !change.Users.IsEmpty || change.Access is { IsOfPolicy: true };

    /// <summary>Tells sessions everything.</summary>
    private void NoticeAll(IReadOnlyCollection<MapSession> sessions, TailnetChange change)
    {
        if (sessions.Count == 0 || change.IsEmpty)
        {
            return;
        }

        var gone = change.Nodes.Where(transition => transition.After is null).ToArray();
        var changed = change.Nodes.Where(transition => transition.After is not null).ToArray();
        foreach (var session in sessions)
        {
            ref var notice = ref Notice(session);
            notice.Gone = gone;
            notice.Changed = changed;
            notice.Access = change.Access is not null;
            notice.Rest = true;
        }

        NoticeThemselves(change);
    }

    private void NoticeThemselves(TailnetChange change)
    {
        foreach (var transition in change.Nodes)
        {
            if (_current.TryGetValue(transition.Entry.Id, out var session))
            {
                ref var notice = ref Notice(session);
                notice.Self = transition;
                notice.Access = change.Access is not null;
            }
        }
    }

    /// <summary>Those who may have been shown what is gone or is of another class now.</summary>
    private void NoticeThoseBefore(TailnetChange change)
    {
        var access = _snapshot.Access;
        var gone = change.Nodes.Where(transition => transition.After is null).ToList();
        if (gone.Count > 0)
        {
            foreach (var transition in gone)
            {
                AddToClasses(access, transition);
            }

            foreach (var (id, transitions) in _byClass)
            {
                foreach (var session in SessionsOf(id))
                {
                    Notice(session).Gone = transitions;
                }
            }

            _byClass.Clear();
        }

        NoticeViewersOf(change.Access, access);
    }

    private void NoticeThoseAfter(TailnetChange change)
    {
        var access = _snapshot.Access;
        foreach (var transition in change.Nodes)
        {
            // What a node alone sees of itself is no news to others.
            if (transition.After is not null && transition.Aspects != NodeAspects.SelfOnly)
            {
                AddToClasses(access, transition);
            }
        }

        foreach (var (id, transitions) in _byClass)
        {
            foreach (var session in SessionsOf(id))
            {
                Notice(session).Changed = transitions;
            }
        }

        _byClass.Clear();
        NoticeThemselves(change);
        if (change.Access is not { } changed)
        {
            return;
        }

        for (var id = 0; id < _ofClass.Length; id++)
        {
            if (_ofClass[id] is { Count: > 0 } && changed.MayConcernClass(id))
            {
                NoticeAccess(id);
            }
        }

        NoticeViewersOf(changed, access);
        foreach (var index in changed.Reclassed.Concat(changed.Rerouted))
        {
            if (_snapshot.Nodes[index] is { } entry && _current.TryGetValue(entry.Id, out var session))
            {
                Notice(session).Access = true;
            }
        }
    }

    private void NoticeViewersOf(AccessChange? change, AccessMap access)
    {
        if (change is null)
        {
            return;
        }

        foreach (var id in change.Reclassed.Concat(change.Rerouted).Select(access.ClassOf).Distinct().SelectMany(access.ClassesSeeing).Distinct())
        {
            NoticeAccess(id);
        }
    }

    private void NoticeAccess(int id)
    {
        foreach (var session in SessionsOf(id))
        {
            Notice(session).Access = true;
        }
    }

    /// <summary>Adds a node to what each class is told that sees it and has sessions.</summary>
    private void AddToClasses(AccessMap access, NodeTransition transition)
    {
        foreach (var id in access.ClassesSeeing(access.ClassOf(transition.Entry.Index)))
        {
            if (id < _ofClass.Length && _ofClass[id] is { Count: > 0 })
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_byClass, id, out _) ??= []).Add(transition);
            }
        }
    }

    private ref MapNotice Notice(MapSession session) => ref CollectionsMarshal.GetValueRefOrAddDefault(_notices, session, out _);

    private List<MapSession> SessionsOf(int id) => id < _ofClass.Length && _ofClass[id] is { } sessions ? sessions : [];

    private bool IsCurrent(MapSession session) => _current.TryGetValue(session.NodeId, out var current) && current == session;

    /// <summary>Puts the sessions of nodes that are of another class now where they belong.</summary>
    private void Move(TailnetChange change, TailnetSnapshot snapshot)
    {
        var moved = new HashSet<MapSession>();
        if (change.Access is { } access)
        {
            foreach (var index in access.Reclassed)
            {
                if (snapshot.Nodes[index] is { } entry && _current.TryGetValue(entry.Id, out var session))
                {
                    moved.Add(session);
                }
            }
        }

        foreach (var transition in change.Nodes)
        {
            if ((transition.Before is null || transition.After is null) && _current.TryGetValue(transition.Entry.Id, out var session))
            {
                moved.Add(session);
            }
        }

        moved.UnionWith(_unplaced);
        foreach (var session in moved)
        {
            Displace(session);
        }

        _snapshot = snapshot;
        foreach (var session in moved)
        {
            Place(session);
        }
    }

    /// <summary>Moves on to a snapshot and puts every session where it belongs in it.</summary>
    public void PlaceAll(TailnetSnapshot snapshot)
    {
        _snapshot = snapshot;
        _ofClass = [];
        _unplaced.Clear();
        foreach (var session in _current.Values)
        {
            Place(session);
        }
    }

    private void Place(MapSession session)
    {
        var id = _snapshot.Nodes[session.Index] is { } entry && entry.Id == session.NodeId ? _snapshot.Access.ClassOf(session.Index) : -1;
        if (id >= _ofClass.Length)
        {
            Array.Resize(ref _ofClass, Math.Max(id + 1, _snapshot.Access.ClassCapacity));
        }

        var place = id < 0 ? _unplaced : _ofClass[id] ??= [];
        (session.PlaceClass, session.PlaceIndex) = (id, place.Count);
        place.Add(session);
    }

    private void Displace(MapSession session)
    {
        var place = session.PlaceClass < 0 ? _unplaced : _ofClass[session.PlaceClass]!;
        var last = place[^1];
        place[session.PlaceIndex] = last;
        last.PlaceIndex = session.PlaceIndex;
        place.RemoveAt(place.Count - 1);
    }
}
