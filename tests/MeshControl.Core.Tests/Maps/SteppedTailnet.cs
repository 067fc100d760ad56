using MeshControl.Core.Maps;
using MeshControl.Core.Model;
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
    private readonly List<MapSession> _sessions = [];
    private (TailnetChange Change, TailnetSnapshot Snapshot)? _untold;

    public SteppedTailnet(StoredTailnet seed) => Snapshot = TailnetSnapshot.From(seed, Make.Settings());

    public ManualTimeProvider Time { get; } = new();

    public TailnetSnapshot Snapshot { get; private set; }

    public MapSession Open(int node)
    {
        // As in a server: whoever opens a stream does so through the writer, which then has told everything before.
        Tell();
        Assert.True(Snapshot.Nodes.TryGet(new NodeId(node), out var viewer));
        var session = new MapSession(() => Snapshot, Time, viewer, 130);
        _sessions.Add(session);
        return session;
    }

    public void Close(MapSession session) => _sessions.Remove(session);

    /// <summary>One batch, decided and published, not yet told.</summary>
    public void Publish(Action<TailnetDraft> edit)
    {
        Tell();
        var draft = new TailnetDraft(Snapshot, _ids, Time.GetUtcNow());
        edit(draft);
        var (snapshot, change) = draft.Finish(draft.ToBatch() is not null);
        Snapshot = snapshot;
        _untold = change.IsEmpty ? null : (change, snapshot);
    }

    public void Tell()
    {
        if (_untold is var (change, snapshot))
        {
            _untold = null;
            _sessions.ForEach(session => session.Note(change, snapshot));
        }
    }

    public void Edit(Action<TailnetDraft> edit)
    {
        Publish(edit);
        Tell();
    }

    public void EditNode(int id, Func<Node, Node> edit) =>
        Edit(draft => draft.Update(Entry(id), edit(Entry(id).Node)));

    public void EditPresence(int id, Func<NodePresence, NodePresence> edit) =>
        Edit(draft => draft.Update(Entry(id), presence: edit(Entry(id).Presence)));

    public NodeEntry Entry(int id) => Snapshot.Nodes.TryGet(new NodeId(id), out var entry)
        ? entry
        : throw new InvalidOperationException($"There is no node {id}.");

    public MapResponse FullFor(MapSession session) =>
        MapBuilder.Full(Snapshot, Snapshot.Nodes[session.Index]!, Time.GetUtcNow());

    public void Dispose() => _ids.Dispose();
}
