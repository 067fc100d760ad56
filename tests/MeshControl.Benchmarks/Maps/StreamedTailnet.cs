using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Benchmarks.Maps;

/// <summary>Nodes each with a stream that has had its first message. There is no writer, no database and no network.</summary>
internal sealed class StreamedTailnet
{
    private readonly List<KeyValuePair<MapSession, MapNotice>> _concerned = [];
    private readonly MapFeed _feed;
    private TailnetSnapshot _snapshot;
    private int _changes;

    public StreamedTailnet(StoredTailnet seed)
    {
        _snapshot = TailnetSnapshot.From(seed, Make.Settings());
        _feed = new MapFeed(() => _snapshot);
        Audience = new MapAudience(_snapshot);
        Sessions = [.. _snapshot.Nodes.Select(Open)];
        foreach (var session in Sessions)
        {
            session.FirstMessage();
        }
    }

    public MapAudience Audience { get; }

    public MapSession[] Sessions { get; }

    public MapSession Open(NodeEntry viewer)
    {
        var session = new MapSession(_feed, TimeProvider.System, viewer, CapabilityVersions.Latest);
        Audience.Add(session);
        return session;
    }

    /// <summary>The first node has another endpoint: news for all who see it.</summary>
    public int ChangeEndpoint() => ChangeFirst(
        entry => entry with { Presence = entry.Presence with { Endpoints = [Make.Endpoint(++_changes % ushort.MaxValue)] } }, NodeAspects.Endpoints);

    /// <summary>Something that the first node alone is told.</summary>
    public int ChangeSelf() => ChangeFirst(entry => entry with { Node = entry.Node with { AuthKey = new PreAuthKeyId(++_changes) } }, NodeAspects.SelfOnly);

    /// <summary>Another map of relays: news for all.</summary>
    public int ChangeRelays()
    {
        var region = new DerpRegion { RegionId = 900, RegionName = $"{++_changes}" };
        var relays = new DerpMap { Regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(900, region)]) };
        return Tell(
            new TailnetChange([], [], SettingsAspects.DerpMap, Access: null), _snapshot with { Settings = _snapshot.Settings with { DerpMap = relays } });
    }

    private int ChangeFirst(Func<NodeEntry, NodeEntry> change, NodeAspects aspects)
    {
        var before = _snapshot.Nodes[0]!;
        var after = change(before);
        return Tell(
            new TailnetChange([new NodeTransition(before, after, aspects)], [], SettingsAspects.None, Access: null),
            _snapshot with { Nodes = _snapshot.Nodes.Replace(before, after) });
    }

    private int Tell(TailnetChange change, TailnetSnapshot snapshot)
    {
        _snapshot = snapshot with { Version = _snapshot.Version + 1 };
        _concerned.Clear();
        _feed.Begin(_snapshot);
        Audience.Advance(change, _snapshot, _concerned);
        foreach (var (session, notice) in _concerned)
        {
            session.Note(notice, change, _snapshot);
        }

        _feed.End();
        return _concerned.Count;
    }
}
