using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Storage;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>Nodes that are not meant to stay: when they go, and above all when they do not.</summary>
public sealed class EphemeralNodesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_cleanup_after_disconnect")]
    public async Task Sweep_AwayForTheTimeout_IsRemovedAndPeersHearIt()
    {
        await using var host = new TailnetHost(WithEphemerals(1, 2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        host.Time.Advance(TimeSpan.FromHours(1));
        host.Tailnet.Sessions.Close(session);
        host.Time.Advance(Grace);
        await SweepAsync(host);
        Assert.False(host.Entry(2).Presence.Online);
        viewer.First();

        host.Time.Advance(Timeout - Grace - Moment);
        await SweepAsync(host);
        Assert.Equal(3, host.Snapshot.Nodes.Count);
        Assert.Empty(host.Store.Batches);
        host.Time.Advance(Moment);
        await SweepAsync(host);

        Assert.Equal(new MapResponse { PeersRemoved = [2] }, viewer.Next());
        Assert.Equal([1, 3], host.Store.Rows.Nodes.Keys.Select(id => id.Value).Order());
        Assert.Null(host.Directory.FindNode(Make.NodeKey(2)));
    }

    [Fact]
    public async Task Sweep_NodeThatIsNotEphemeral_StaysForEver()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));

        host.Time.Advance(TimeSpan.FromDays(1000));
        await SweepAsync(host);

        Assert.Equal(2, host.Snapshot.Nodes.Count);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeral2006DeletedTooQuickly")]
    public async Task Sweep_Connected_StaysForEver()
    {
        await using var host = new TailnetHost(WithEphemerals(1));
        await OpenAsync(host, 1);

        host.Time.Advance(TimeSpan.FromDays(1000));
        await SweepAsync(host);

        Assert.True(host.Entry(1).Presence.Online);
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralNodes/ephemeral_reconnect_prevents_cleanup")]
    public async Task Sweep_CameBackInTime_TimeBeginsAnewWhenItLeavesAgain()
    {
        await using var host = new TailnetHost(WithEphemerals(1));
        await LeaveAsync(host, await OpenAsync(host, 1));
        host.Time.Advance(Timeout - Grace - Moment);

        var back = await OpenAsync(host, 1);
        host.Time.Advance(Timeout);
        await SweepAsync(host);
        await LeaveAsync(host, back);
        host.Time.Advance(Timeout - Grace - Moment);
        await SweepAsync(host);
        Assert.Equal(1, host.Snapshot.Nodes.Count);
        host.Time.Advance(Moment);
        await SweepAsync(host);

        Assert.Equal(0, host.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Decide_StreamOpenedWhileTheCommandWaited_IsPassedOver()
    {
        await using var host = new TailnetHost(WithEphemerals(1, 2));
        host.Time.Advance(Timeout);

        var removed = await host.ExecuteAsync(new RemoveAwayCommand([new NodeId(1), new NodeId(2)], id => id.Value == 1));

        Assert.Equal([2], removed.Value.Select(entry => entry.Id.Value));
        Assert.Equal(2, host.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Decide_IsGoneOrWasHeardOfMeanwhile_IsPassedOver()
    {
        await using var host = new TailnetHost(WithEphemerals(1, 2));
        host.Time.Advance(Timeout);
        await host.EditAsync(draft => draft.Update(host.Entry(1), presence: NodePresence.None with { LastSeen = draft.Now }));
        await host.EditAsync(draft => draft.Remove(host.Entry(2)));

        var removed = await host.ExecuteAsync(new RemoveAwayCommand([new NodeId(1), new NodeId(2)], _ => false));

        Assert.Empty(removed.Value);
    }

    [Fact]
    public async Task Sweep_BeforeTheFirstMap_WaitsForItFromTheRegistrationOn()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.EditAsync(draft => draft.Add(
            Make.Node(2) with { Ephemeral = true, DiscoKey = default, CreatedAt = draft.Now }));

        host.Time.Advance(EphemeralRule.FirstMapWait - Moment);
        await SweepAsync(host);
        Assert.Equal(2, host.Snapshot.Nodes.Count);
        host.Time.Advance(Moment);
        await SweepAsync(host);

        Assert.Equal(1, host.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Sweep_BeforeTheFirstMapWithALongTimeout_WaitsTheTimeout()
    {
        var timeout = EphemeralRule.FirstMapWait * 2;
        await using var host = new TailnetHost(settings: Make.Settings() with { EphemeralTimeout = timeout });
        await host.EditAsync(draft =>
        {
            draft.Put(Make.User(1));
            draft.Add(Make.Node(2) with { Ephemeral = true, DiscoKey = default, CreatedAt = draft.Now });
        });

        host.Time.Advance(timeout - Moment);
        await SweepAsync(host);

        Assert.Equal(1, host.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Sweep_AfterAStart_WhoWasConnectedBeforeHasTheWholeTime()
    {
        // Long away as far as the database knows: a crash keeps the time at which the last stream was opened.
        var seed = WithEphemerals(1, 2);
        await using var host = new TailnetHost(seed with
        {
            Presence = new Dictionary<NodeId, NodePresence> { [new NodeId(1)] = NodePresence.None with { LastSeen = Make.Created } },
        });

        host.Time.Advance(Timeout - Moment);
        await SweepAsync(host);
        Assert.Equal(3, host.Snapshot.Nodes.Count);
        var back = await OpenAsync(host, 1);
        host.Time.Advance(Moment);
        await SweepAsync(host);

        Assert.Equal(SessionEnd.None, back.End);
        Assert.Equal([1, 3], host.Store.Rows.Nodes.Keys.Select(id => id.Value).Order());
    }

    [Fact]
    public async Task Sweep_DatabaseRefuses_TriesAgain()
    {
        await using var host = new TailnetHost(WithEphemerals(1));
        host.Time.Advance(Timeout);
        host.Store.FailNextCommit(CommitOutcome.Unavailable);

        await SweepAsync(host);
        Assert.Equal(1, host.Snapshot.Nodes.Count);
        await SweepAsync(host);

        Assert.Equal(0, host.Snapshot.Nodes.Count);
        Assert.Empty(host.Store.Rows.Nodes);
    }

    [Fact]
    public async Task Sweep_MoreThanOneCommandTakes_TheRestGoesWithTheNext()
    {
        const int Count = EphemeralNodes.MaxPerSweep + 1;
        await using var host = new TailnetHost(WithEphemerals([.. Enumerable.Range(1, Count)]));
        host.Time.Advance(Timeout);

        await SweepAsync(host);
        Assert.Equal(1, host.Snapshot.Nodes.Count(entry => entry.Node.Ephemeral));
        await SweepAsync(host);

        Assert.Equal(0, host.Snapshot.Nodes.Count(entry => entry.Node.Ephemeral));
        Assert.Equal(2, host.Store.Batches.Count);
    }

    [Fact]
    public async Task Sweep_TimeoutWasChanged_TheNewOneCounts()
    {
        await using var host = new TailnetHost(WithEphemerals(1));
        await host.EditAsync(draft => draft.Apply(draft.Snapshot.Settings with { EphemeralTimeout = Timeout * 2 }));

        host.Time.Advance(Timeout * 2 - Moment);
        await SweepAsync(host);
        Assert.Equal(1, host.Snapshot.Nodes.Count);
        host.Time.Advance(Moment);
        await SweepAsync(host);

        Assert.Equal(0, host.Snapshot.Nodes.Count);
    }

    /// <summary>The named nodes are ephemeral; several are followed by one that is not.</summary>
    private static StoredTailnet WithEphemerals(params int[] ids)
    {
        var seed = Seeds.WithNodes(ids.Length == 1 ? 1 : ids.Length + 1);
        return seed with { Nodes = [.. seed.Nodes.Select(node => node with { Ephemeral = ids.Contains((int)node.Id.Value) })] };
    }

    private static async Task<MapSession> OpenAsync(TailnetHost host, int node) =>
        await host.Tailnet.Sessions.OpenAsync(host.Entry(node), 130, Cancel) ?? throw new InvalidOperationException("It is stopping.");

    private static async Task LeaveAsync(TailnetHost host, MapSession session)
    {
        host.Tailnet.Sessions.Close(session);
        host.Time.Advance(Grace);
        await SweepAsync(host);
    }

    private static async Task SweepAsync(TailnetHost host)
    {
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        await host.Tailnet.Ephemerals.SweepAsync(Cancel);
    }
}
