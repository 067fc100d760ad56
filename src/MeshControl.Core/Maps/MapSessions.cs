using System.Diagnostics.CodeAnalysis;
using MeshControl.Core.Diagnostics;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Maps;

/// <summary>
/// The open map streams of a tailnet, and what follows from them: a node is online while it has one, and for a grace period
/// after the last one closed, so that a reconnect never shows. Those that were online when the server before this one ended are awaited from
/// the start for <see cref="StartGrace"/>: a restart shows nobody offline who comes back.
/// </summary>
public sealed class MapSessions
{
    /// <summary>All come back at once, and at the pace that the server sustains.</summary>
    public static readonly TimeSpan StartGrace = ReconnectStorm.LongestGrace;

    private readonly Tailnet _tailnet;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MapFeed _feed;
    private readonly Lock _gate = new();

    // The writer's: those who have to be told of a change, found under the lock and told without it.
    private readonly List<KeyValuePair<MapSession, MapNotice>> _concerned = [];

    // Guarded by _gate.
    private readonly MapAudience _audience;

    // Nodes that have no stream and whose grace has not ended, and when they lost it.
    private readonly Dictionary<NodeId, DateTimeOffset> _lost = [];
    private readonly ReconnectStorm _storm = new();

    // Nodes that were online when the server before this one ended and have not come back yet, and when they were last seen.
    private readonly Dictionary<NodeId, DateTimeOffset> _awaited;

    // By the clock that does not jump, as that of the wall may just after a start.
    private readonly long _began;
    private bool _stopping;

    internal MapSessions(Tailnet tailnet, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _tailnet = tailnet;
        _time = time;
        _feed = new MapFeed(() => tailnet.Snapshot);
        _audience = new MapAudience(tailnet.Snapshot);
        _awaited = tailnet.Snapshot.Nodes
            .Where(entry => entry.Presence.Online)
            .ToDictionary(entry => entry.Id, entry => entry.Presence.LastSeen ?? entry.Node.CreatedAt);
        _began = time.GetTimestamp();
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _audience.Count;
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
        // A request that was given up while it waited must not end the stream that its client has opened since.
        cancellationToken.ThrowIfCancellationRequested();
        var session = new MapSession(_feed, _time, viewer, capabilityVersion);
        MapSession? old;
        lock (_gate)
        {
            if (_stopping)
            {
                return null;
            }

            old = _audience.Add(session);
            _awaited.Remove(viewer.Id);
            if (_lost.Remove(viewer.Id, out var lost))
            {
                _storm.CameBack(lost, Clock.Now(_time));
            }
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
            if (_audience.Remove(session))
            {
                var now = Clock.Now(_time);
                _lost[session.NodeId] = now;
                _storm.Lost(now);
            }
        }
    }

    public bool IsOpen(NodeId node) => TryGet(node, out _);

    public bool TryGet(NodeId node, [NotNullWhen(true)] out MapSession? session)
    {
        lock (_gate)
        {
            return _audience.TryGet(node, out session);
        }
    }

    /// <summary>Whether a node is online only because it was when the server before this one ended.</summary>
    public bool IsAwaited(NodeId node)
    {
        lock (_gate)
        {
            return _awaited.ContainsKey(node);
        }
    }

    /// <summary>One whole map, for a request that opens no stream; null when the node is gone.</summary>
    public MapMessage? FullMap(NodeId node)
    {
        var snapshot = _tailnet.Snapshot;
        return snapshot.Nodes.TryGet(node, out var viewer) ? MapBuilder.Full(snapshot, viewer, _tailnet.Now) : null;
    }

    /// <summary>Tells those open streams what was published that it concerns. Called by the writer alone, for each snapshot.</summary>
    /// <returns>How many were told.</returns>
    internal int Tell(TailnetChange change, TailnetSnapshot snapshot)
    {
        _concerned.Clear();
        _feed.Begin(snapshot);
        try
        {
            // Who opens or closes a stream must not wait for what can be found out without the lock.
            _audience.Prepare(change, snapshot);
            lock (_gate)
            {
                _audience.Advance(change, snapshot, _concerned);
            }

            foreach (var (session, notice) in _concerned)
            {
                if (session.Note(notice, change, snapshot))
                {
                    _audience.MarkUnsettled(session);
                }
            }

            return _concerned.Count;
        }
        catch (Exception exception)
        {
            // The change is committed and published, so it must not fail for whoever made it. Whom it reached nobody knows.
            Log.TellingFailed(_logger, exception);
            return EndAll(snapshot);
        }
        finally
        {
            _concerned.Clear();
            _feed.End();
        }
    }

    /// <summary>Marks those offline whose last stream closed a grace period ago, or who have not come back since the start.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = Clock.Now(_time);
        var grace = _tailnet.Snapshot.Settings.OfflineGrace;
        Dictionary<NodeId, DateTimeOffset>? gone = null;
        lock (_gate)
        {
            foreach (var (node, lost) in _lost)
            {
                if (now - lost >= grace && !_storm.MayBeWaiting(lost, now))
                {
                    _lost.Remove(node);
                    (gone ??= [])[node] = lost;
                }
            }

            if (_awaited.Count > 0 && _time.GetElapsedTime(_began) >= StartGrace)
            {
                foreach (var (node, seen) in _awaited)
                {
                    (gone ??= [])[node] = seen;
                }

                _awaited.Clear();
            }
        }

        if (gone is null)
        {
            return;
        }

        await _tailnet.ExecuteAsync(new SetOfflineCommand(gone, IsOpen), cancellationToken);
    }

    /// <summary>Lets every client begin anew with a whole map.</summary>
    private int EndAll(TailnetSnapshot snapshot)
    {
        MapSession[] all;
        lock (_gate)
        {
            _audience.PlaceAll(snapshot);
            all = [.. _audience.All];
        }

        foreach (var session in all)
        {
            session.Finish(SessionEnd.ChangeLost);
        }

        return all.Length;
    }

    /// <summary>Ends all streams and lets no new one in.</summary>
    internal void Stop()
    {
        MapSession[] all;
        lock (_gate)
        {
            _stopping = true;
            all = [.. _audience.All];
        }

        foreach (var session in all)
        {
            session.Finish(SessionEnd.ServerStopping);
        }
    }
}
