using System.Diagnostics.CodeAnalysis;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>
/// The open map streams of a tailnet, and what follows from them: a node is online while it has one, and for a grace period
/// after the last one closed, so that a reconnect never shows.
/// </summary>
public sealed class MapSessions
{
    private readonly Tailnet _tailnet;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Guarded by _gate; the array is replaced, so that the writer can walk it without holding the lock.
    private readonly Dictionary<NodeId, MapSession> _current = [];
    private readonly Dictionary<NodeId, DateTimeOffset> _lastClosed = [];
    private readonly Queue<(DateTimeOffset Closed, NodeId Node)> _closed = new();
    private MapSession[] _all = [];
    private bool _stale;
    private bool _stopping;

    internal MapSessions(Tailnet tailnet, TimeProvider time)
    {
        _tailnet = tailnet;
        _time = time;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _current.Count;
            }
        }
    }

    /// <summary>
    /// Opens a stream for a node and ends the one it had. The node is online from here on. Close it by
    /// <see cref="Close"/>, whatever happens.
    /// </summary>
    /// <returns>Null when the server is stopping.</returns>
    public async Task<MapSession?> OpenAsync(NodeEntry viewer, int capabilityVersion, CancellationToken cancellationToken)
    {
        var session = new MapSession(() => _tailnet.Snapshot, _time, viewer, capabilityVersion);
        MapSession? old;
        lock (_gate)
        {
            if (_stopping)
            {
                return null;
            }

            _current.Remove(viewer.Id, out old);
            _current.Add(viewer.Id, session);
            _stale = true;
        }

        old?.Finish(SessionEnd.Replaced);
        try
        {
            await _tailnet.ExecuteAsync(new SetOnlineCommand([viewer.Id]), cancellationToken);
        }
        catch
        {
            Close(session);
            throw;
        }

        return session;
    }

    /// <summary>Ends a stream's part in the tailnet. A stream that was replaced has none any more.</summary>
    public void Close(MapSession session)
    {
        lock (_gate)
        {
            if (_current.TryGetValue(session.NodeId, out var current) && current == session)
            {
                _current.Remove(session.NodeId);
                _stale = true;
                var now = Clock.Now(_time);
                _lastClosed[session.NodeId] = now;
                _closed.Enqueue((now, session.NodeId));
            }
        }
    }

    public bool IsOpen(NodeId node) => TryGet(node, out _);

    public bool TryGet(NodeId node, [NotNullWhen(true)] out MapSession? session)
    {
        lock (_gate)
        {
            return _current.TryGetValue(node, out session);
        }
    }

    /// <summary>One whole map, for a request that opens no stream; null when the node is gone.</summary>
    public MapResponse? FullMap(NodeId node)
    {
        var snapshot = _tailnet.Snapshot;
        return snapshot.Nodes.TryGet(node, out var viewer) ? MapBuilder.Full(snapshot, viewer, _tailnet.Now) : null;
    }

    /// <summary>Tells every open stream what was published. Called by the writer alone.</summary>
    internal void Tell(TailnetChange change, TailnetSnapshot snapshot)
    {
        MapSession[] all;
        lock (_gate)
        {
            if (_stale)
            {
                _all = [.. _current.Values];
                _stale = false;
            }

            all = _all;
        }

        foreach (var session in all)
        {
            session.Note(change, snapshot);
        }
    }

    /// <summary>Marks those offline whose last stream closed a grace period ago.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = Clock.Now(_time);
        var grace = _tailnet.Snapshot.Settings.OfflineGrace;
        Dictionary<NodeId, DateTimeOffset>? gone = null;
        lock (_gate)
        {
            while (_closed.TryPeek(out var first) && now - first.Closed >= grace)
            {
                _closed.Dequeue();

                // Only the last closing of a node counts; the grace of an earlier one ended when it came back.
                if (_lastClosed.TryGetValue(first.Node, out var last) && last == first.Closed)
                {
                    _lastClosed.Remove(first.Node);
                    if (!_current.ContainsKey(first.Node))
                    {
                        (gone ??= [])[first.Node] = first.Closed;
                    }
                }
            }
        }

        if (gone is null)
        {
            return;
        }

        await _tailnet.ExecuteAsync(new SetOfflineCommand(gone, IsOpen), cancellationToken);
    }

    /// <summary>Ends all streams and lets no new one in.</summary>
    internal void Stop()
    {
        MapSession[] all;
        lock (_gate)
        {
            _stopping = true;
            all = [.. _current.Values];
        }

        foreach (var session in all)
        {
            session.Finish(SessionEnd.ServerStopping);
        }
    }
}
