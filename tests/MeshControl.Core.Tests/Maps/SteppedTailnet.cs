using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Time;

namespace MeshControl.Core.Tests.Maps;

/// <summary>
/// A tailnet whose writer goes step by step on the test's thread, so that a session can be asked between the publishing of a
/// snapshot and the moment in which it is told of it.
/// </summary>
internal sealed class SteppedTailnet : IDisposable
{
    private readonly IdAllocator _ids = new(new FakeStore());
    private readonly MapFeed _feed;
    private readonly MapAudience _audience;
    private (TailnetChange Change, TailnetSnapshot Snapshot)? _untold;

    public SteppedTailnet(StoredTailnet seed)
    {
        Snapshot = TailnetSnapshot.From(seed, Make.Settings());
        (_feed, _audience) = (new MapFeed(() => Snapshot), new MapAudience(Snapshot));
    }

    public ManualTimeProvider Time { get; } = new();

    public TailnetSnapshot Snapshot { get; private set; }

    /// <summary>The sessions that the last change was told.</summary>
    public IReadOnlyList<MapSession> Audience { get; private set; } = [];

    /// <summary>Bytes, for finding those that the last change was told.</summary>
    public long AllocatedUnderTheLock { get; private set; }

    /// <summary>Opens a session; the one that its node had ends.</summary>
    public MapSession Open(int node)
    {
        Assert.True(Snapshot.Nodes.TryGet(new NodeId(node), out var viewer));
        return Open(viewer);
    }

    /// <param name="viewer">As it was found, which may be some time ago.</param>
    public MapSession Open(NodeEntry viewer)
    {
        var session = new MapSession(_feed, Time, viewer, 130);
        _audience.Add(session)?.Finish(SessionEnd.Replaced);
        return session;
    }

    public void Close(MapSession session) => _audience.Remove(session);

    /// <summary>One batch, decided and published, not yet told.</summary>
    public void Publish(Action<TailnetDraft> edit)
    {
        Tell();
        var draft = new TailnetDraft(Snapshot, _ids, Time.GetUtcNow());
        edit(draft);
        var (snapshot, change) = draft.Finish(draft.ToBatch() is not null);
        Snapshot = snapshot;
        _untold = (change, snapshot);
    }

    public void Tell()
    {
        if (_untold is var (change, snapshot))
        {
            _untold = null;
            var told = new List<KeyValuePair<MapSession, MapNotice>>();
            _feed.Begin(snapshot);
            _audience.Prepare(change, snapshot);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            _audience.Advance(change, snapshot, told);
            AllocatedUnderTheLock = GC.GetAllocatedBytesForCurrentThread() - allocated;
            foreach (var (session, notice) in told)
            {
                WhileTelling?.Invoke();
                if (session.Note(notice, change, snapshot))
                {
                    _audience.MarkUnsettled(session);
                }
            }

            _feed.End();
            Audience = [.. told.Select(pair => pair.Key)];
        }
    }

    /// <summary>What happens while the writer goes from one session to the next.</summary>
    public Action? WhileTelling { get; set; }

    public void Edit(Action<TailnetDraft> edit)
    {
        Publish(edit);
        Tell();
    }

    public void EditNode(int id, Func<Node, Node> edit) =>
        Edit(draft => draft.Update(Entry(id), edit(Entry(id).Node)));

    public void EditPresence(int id, Func<NodePresence, NodePresence> edit) =>
        Edit(draft => draft.Update(Entry(id), presence: edit(Entry(id).Presence)));

    public void SetPolicy(string text) => Edit(draft =>
    {
        var file = PolicyBuilder.Read(text, draft.Snapshot.Settings).Value;
        var version = (draft.Snapshot.Policy?.Version ?? 0) + 1;
        draft.Put(new StoredPolicy(version, text, Make.Created, "test"), PolicyWorld.Compile(file, draft.Snapshot), draft.Snapshot);
    });

    public NodeEntry Entry(int id) => Snapshot.Nodes.TryGet(new NodeId(id), out var entry)
        ? entry
        : throw new InvalidOperationException($"There is no node {id}.");

    public MapResponse FullFor(MapSession session) =>
        MapBuilder.Full(Snapshot, Snapshot.Nodes[session.Index]!, Time.GetUtcNow()).ToResponse();

    public void Dispose() => _ids.Dispose();
}
