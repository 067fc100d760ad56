using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Storage;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>A node is online while it has a stream, and for a grace period after the last one closed.</summary>
public sealed class OnlineTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestConnectDisconnectOrdinaryNodeNoRuntimeRecompute")]
    [Trait("Acceptance", "TestBatcher_IsConnectedReflectsState")]
    [Trait("Acceptance", "TestBatcher_ConnectedMapConsistency")]
    public async Task Open_NodeIsOnlineAndPeersHearIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        viewer.First();

        await OpenAsync(host, 2);

        Assert.Equal(new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Online = true }] }, viewer.Next());
        Assert.True(host.Tailnet.Sessions.IsOpen(new NodeId(2)));
        Assert.Equal(2, host.Tailnet.Sessions.Count);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    [Trait("Acceptance", "TestCleanupOfflineNodes_KeepsRecent")]
    public async Task Close_InsideTheGrace_StaysOnline()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        viewer.First();
        host.Tailnet.Sessions.Close(session);

        host.Time.Advance(Grace - TimeSpan.FromMicroseconds(1));
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.True(host.Entry(2).Presence.Online);
        Assert.Null(viewer.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestConnectDisconnectOrdinaryNodeNoRuntimeRecompute")]
    [Trait("Acceptance", "TestCleanupOfflineNodes_RemovesOld")]
    public async Task Close_GraceIsOver_OfflineSinceItClosed()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        viewer.First();
        host.Time.Advance(TimeSpan.FromHours(1));
        var closed = host.Time.GetUtcNow();
        host.Tailnet.Sessions.Close(session);

        host.Time.Advance(Grace);
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal((false, closed), (host.Entry(2).Presence.Online, host.Entry(2).Presence.LastSeen));
        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Online = false, LastSeen = closed }] }, viewer.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestCleanupOfflineNodes_KeepsActive")]
    public async Task Reopen_InsideTheGrace_NeverShows()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        viewer.First();
        for (var round = 0; round < 5; round++)
        {
            host.Tailnet.Sessions.Close(session);
            host.Time.Advance(Grace / 2);
            await host.Tailnet.Sessions.SweepAsync(Cancel);
            session = await OpenAsync(host, 2);
            host.Time.Advance(Grace / 2);
            await host.Tailnet.Sessions.SweepAsync(Cancel);
            Assert.Null(viewer.Next());
        }

        host.Time.Advance(Grace * 3);
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.True(host.Entry(2).Presence.Online);
        Assert.Null(viewer.Next());
    }

    [Fact]
    public async Task Reopen_AndCloseAgain_GraceBeginsAnew()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Tailnet.Sessions.Close(await OpenAsync(host, 2));
        host.Time.Advance(Grace / 2);
        host.Tailnet.Sessions.Close(await OpenAsync(host, 2));
        var closed = host.Time.GetUtcNow();

        host.Time.Advance(Grace / 2);
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.True(host.Entry(2).Presence.Online);
        host.Time.Advance(Grace / 2);
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal((false, closed), (host.Entry(2).Presence.Online, host.Entry(2).Presence.LastSeen));
    }

    [Fact]
    [Trait("Acceptance", "TestRemoveNodeChannelAlreadyRemoved")]
    [Trait("Acceptance", "TestBatcherRapidReconnection")]
    [Trait("Acceptance", "TestConnectionEntry_SendClosed")]
    public async Task Open_Again_EndsTheOldStreamWhichMarksNothingOffline()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var old = await OpenAsync(host, 2);
        viewer.First();

        var current = await OpenAsync(host, 2);
        await old.WaitAsync(Cancel);
        Assert.Equal(SessionEnd.Replaced, old.End);
        host.Tailnet.Sessions.Close(old);
        host.Time.Advance(Grace * 2);
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.True(host.Tailnet.Sessions.TryGet(new NodeId(2), out var open));
        Assert.Same(current, open);
        Assert.True(host.Entry(2).Presence.Online);
        Assert.Null(viewer.Next());
        await host.EditAsync(draft => draft.Put(Make.User(1, "renamed")));
        Assert.Null(old.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestDisconnectOutOfOrderSessionsCannotStrandNodeOnline")]
    [Trait("Acceptance", "TestRemoveNodeChannelAlreadyRemoved")]
    public async Task Close_LaterStreamFirst_NodeIsOfflineAfterTheGrace()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var live = await OpenAsync(host, 2);
        var late = await OpenAsync(host, 2);
        host.Tailnet.Sessions.Close(late);
        host.Time.Advance(Grace / 2);
        host.Tailnet.Sessions.Close(live);

        host.Time.Advance(Grace / 2);
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.False(host.Entry(2).Presence.Online);
    }

    [Fact]
    [Trait("Acceptance", "TestDisconnectOutOfOrderSessionsCannotStrandNodeOnline")]
    public async Task Open_RequestWasGivenUpBefore_LeavesTheStreamThatItsClientHas()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var live = await OpenAsync(host, 2);
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, left.Token));

        Assert.Equal(SessionEnd.None, live.End);
        Assert.True(host.Tailnet.Sessions.TryGet(new NodeId(2), out var open));
        Assert.Same(live, open);
    }

    [Fact]
    [Trait("Acceptance", "TestConnectDisconnectRace")]
    public async Task Close_OfTheOldStreamWhileTheNextOpens_NeverShows()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        viewer.First();
        for (var round = 0; round < 100; round++)
        {
            var old = session;
            var opening = Task.Run(() => OpenAsync(host, 2), Cancel);
            await Task.WhenAll(Task.Run(() => host.Tailnet.Sessions.Close(old), Cancel), opening);
            session = await opening;
            host.Time.Advance(Grace * 2);
            await host.Tailnet.Sessions.SweepAsync(Cancel);

            Assert.True(host.Tailnet.Sessions.TryGet(new NodeId(2), out var open) && open == session);
            Assert.True(host.Entry(2).Presence.Online);
        }

        Assert.Null(viewer.Next());
    }

    [Fact]
    [Trait("Acceptance", "TestAddNodeReconnectNotOrphanedByCleanup")]
    [Trait("Acceptance", "TestBug3_CleanupOfflineNodes_TOCTOU")]
    public async Task Sweep_StreamOpensWhileTheCommandWaits_StaysOnline()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Tailnet.Sessions.Close(await OpenAsync(host, 2));
        host.Time.Advance(Grace);
        var gate = host.Store.HoldNextCommit();
        var busy = host.EditAsync(draft => draft.Put(Make.User(9)));
        await gate.Entered.WaitAsync(Cancel);

        // Both wait for the writer: first that the node is offline, then that it is online.
        var sweep = host.Tailnet.Sessions.SweepAsync(Cancel);
        var opening = OpenAsync(host, 2);
        gate.Release();
        await Task.WhenAll(busy, sweep, opening);

        Assert.True(host.Entry(2).Presence.Online);
    }

    [Fact]
    [Trait("Acceptance", "TestAddNodeReconnectNotOrphanedByCleanup")]
    public async Task SetOffline_StreamWasOpenedBeforeItIsDecided_StaysOnline()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Tailnet.Sessions.Close(await OpenAsync(host, 2));
        var gone = new Dictionary<NodeId, DateTimeOffset> { [new NodeId(2)] = host.Time.GetUtcNow() };

        // The sweep has chosen the node; before its command is queued the client is back, inside the grace, so that its own
        // command has nothing to do and cannot put right what comes after it.
        await OpenAsync(host, 2);
        await host.ExecuteAsync(new SetOfflineCommand(gone, host.Tailnet.Sessions.IsOpen));

        Assert.True(host.Entry(2).Presence.Online);
    }

    [Fact]
    public async Task Sweep_DatabaseRefusesTheBatch_NodeIsOfflineAllTheSame()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Tailnet.Sessions.Close(await OpenAsync(host, 2));
        host.Time.Advance(Grace);
        var gate = host.Store.HoldNextCommit();
        var busy = host.EditAsync(draft => draft.Put(Make.User(9)));
        await gate.Entered.WaitAsync(Cancel);
        var refused = host.ExecuteAsync(new EditCommand(draft => draft.Put(Make.User(10))));
        var sweep = host.Tailnet.Sessions.SweepAsync(Cancel);

        // The commit in flight takes the first script, the batch behind it the second.
        host.Store.FailNextCommit(Core.Storage.CommitOutcome.Committed, written: true);
        host.Store.FailNextCommit(Core.Storage.CommitOutcome.Unavailable);
        gate.Release();
        await Task.WhenAll(busy, sweep);

        Assert.NotNull((await refused).Error);
        Assert.False(host.Entry(2).Presence.Online);
    }

    [Fact]
    [Trait("Acceptance", "TestSyncInitialMapNoPhantomPeersOnTimeout")]
    [Trait("Acceptance", "TestIsConnected_FalseAfterAddNodeFailure")]
    public async Task Open_Cancelled_LeavesNoStreamBehind()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var gate = host.Store.HoldNextCommit();
        var busy = host.EditAsync(draft => draft.Put(Make.User(9)));
        await gate.Entered.WaitAsync(Cancel);
        using var left = new CancellationTokenSource();
        var opening = host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, left.Token);
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Equal(0, host.Tailnet.Sessions.Count);
        gate.Release();
        await busy;
        host.Time.Advance(Grace);
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.False(host.Entry(2).Presence.Online);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeDeletedWhileChangesPending")]
    [Trait("Acceptance", "TestAddToBatch_NodeRemovalCleanup")]
    public async Task Delete_ConnectedNode_StreamEndsAndPeersForgetIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var viewer = await OpenAsync(host, 1);
        var session = await OpenAsync(host, 2);
        viewer.First();
        session.First();

        await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(2)));

        await session.WaitAsync(Cancel);
        Assert.Equal(SessionEnd.NodeRemoved, session.End);
        Assert.Equal(new MapResponse { PeersRemoved = [2] }, viewer.Next());
        host.Tailnet.Sessions.Close(session);
        host.Time.Advance(Grace);
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.Equal(1, host.Snapshot.Nodes.Count);
        Assert.Empty(host.Errors());
    }

    [Fact]
    public async Task Open_Twice_LastSeenOfTheFirstIsKeptWhileOnline()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await OpenAsync(host, 1);
        var presence = host.Entry(1).Presence;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await OpenAsync(host, 1);

        Assert.Same(presence, host.Entry(1).Presence);
    }

    [Fact]
    public async Task Start_NodeWasOnline_IsAwaitedAndThenOfflineSinceItWasSeen()
    {
        await using var host = new TailnetHost(WithOnlineNode());
        var viewer = await OpenAsync(host, 1);
        viewer.First();
        Assert.True(host.Tailnet.Sessions.IsAwaited(new NodeId(2)));

        host.Time.Advance(MapSessions.StartGrace - TimeSpan.FromMicroseconds(1));
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.True(host.Entry(2).Presence.Online);
        Assert.Null(viewer.Next());

        host.Time.Advance(TimeSpan.FromMicroseconds(1));
        await host.Tailnet.Sessions.SweepAsync(Cancel);
        Assert.False(host.Entry(2).Presence.Online);
        Assert.Equal(
            new MapResponse { PeersChangedPatch = [new PeerChange { NodeId = 2, Online = false, LastSeen = Make.Created }] }, viewer.Next());
    }

    [Fact]
    public async Task Start_NodeThatWasOnlineComesBack_NeverShows()
    {
        await using var host = new TailnetHost(WithOnlineNode());
        var viewer = await OpenAsync(host, 1);
        viewer.First();

        await OpenAsync(host, 2);
        host.Time.Advance(MapSessions.StartGrace);
        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.True(host.Entry(2).Presence.Online);
        Assert.Null(viewer.Next());
    }

    [Fact]
    public async Task Stop_NodeIsStillAwaited_WasNotSeenMeanwhile()
    {
        await using var host = new TailnetHost(WithOnlineNode());
        await OpenAsync(host, 1);

        host.Time.Advance(MapSessions.StartGrace / 2);
        host.Tailnet.PublishPresenceAtStop();
        await host.Presence.FlushAsync(Cancel);

        var saved = Assert.Single(Assert.Single(host.Store.PresenceSaves));
        Assert.Equal((new NodeId(1), true, host.Time.GetUtcNow()), (saved.Key, saved.Value.Online, saved.Value.LastSeen));
    }

    /// <summary>Two nodes; the second one was online when the server before this one ended.</summary>
    private static StoredTailnet WithOnlineNode() => Seeds.WithNodes(2) with
    {
        Presence = new Dictionary<NodeId, NodePresence> { [new NodeId(2)] = new() { Online = true, LastSeen = Make.Created } },
    };

    private static async Task<MapSession> OpenAsync(TailnetHost host, int node) =>
        (await host.Tailnet.Sessions.OpenAsync(host.Entry(node), 130, Cancel))!;
}
