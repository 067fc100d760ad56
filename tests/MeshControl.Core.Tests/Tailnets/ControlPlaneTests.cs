using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>Start, the sweep, and stop.</summary>
public sealed class ControlPlaneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_EmptyDatabase_MakesTheDefaultTailnet()
    {
        var store = new FakeStore();
        await using var plane = await StartAsync(store, new ManualTimeProvider());

        Assert.Equal("default", plane.Default.Snapshot.Name);
        Assert.Equal("default", store.Rows.Name);
    }

    [Fact]
    public async Task Restart_EverythingIsAsItWas()
    {
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(3));
        var time = new ManualTimeProvider();
        await using (var first = await StartAsync(store, time))
        {
            await first.Default.ExecuteAsync(new CreateUserCommand("anna", "Anna", "anna@example.com", null), Cancel);
        }

        await using var second = await StartAsync(store, time);
        Assert.True(second.Default.Snapshot.TryGetUser("anna", out var user));
        Assert.Equal(3, user.Id.Value);
        Assert.Equal(3, second.Default.Snapshot.Nodes.Count);
        Assert.Equal(1, second.Default.Snapshot.Sequence);
        Assert.Same(second.Default, second.FindByNodeKey(Make.NodeKey(2)));
        Assert.Equal(4, (await second.Default.ExecuteAsync(new CreateUserCommand("berta", "", null, null), Cancel)).Value.Id.Value);
        Assert.Empty(store.Breaches);
    }

    [Fact]
    [Trait("Acceptance", "TestGivenNameMapsToValidFQDNCheck")]
    [Trait("Acceptance", "TestScanNodeHealthReportsInvalidNameWithoutMutating")]
    public async Task Start_StoredNameIsNone_IsReportedAndStays()
    {
        const int NameIsNone = 1015;
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(2) with { Nodes = [Make.Node(1) with { GivenName = "" }, Make.Node(2)] });
        using var log = new RecordedLog();
        await using var plane = await ControlPlane.StartAsync(store, Make.Settings(), new ManualTimeProvider(), log, Cancel);

        Assert.Equal([NameIsNone], log.Events(LogLevel.Warning));
        Assert.True(plane.Default.Snapshot.Nodes.TryGet(new NodeId(1), out var entry));
        Assert.Equal("", entry.Node.GivenName);
    }

    [Fact]
    public async Task Sweep_FiveSecondsOn_WritesPresence()
    {
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(1));
        var time = new ManualTimeProvider();
        await using var plane = await StartAsync(store, time);
        await OpenAsync(plane, 1);
        await UntilAsync(() => time.PendingTimers > 0);

        var saved = store.PresenceSaved;
        time.Advance(TimeSpan.FromSeconds(5));
        await saved.WaitAsync(Cancel);

        Assert.Equal(time.GetUtcNow().AddSeconds(-5), store.PresenceOf(new NodeId(1))!.LastSeen);
    }

    [Fact]
    public async Task Sweep_AfterTheGrace_MarksOffline()
    {
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(2));
        var time = new ManualTimeProvider();
        await using var plane = await StartAsync(store, time);
        var viewer = await OpenAsync(plane, 1);
        viewer.First();
        var session = await OpenAsync(plane, 2);
        Assert.True(Assert.Single(viewer.Next()!.PeersChangedPatch!).Online);
        await UntilAsync(() => time.PendingTimers > 0);
        var closed = time.GetUtcNow();
        plane.Default.Sessions.Close(session);

        time.Advance(TimeSpan.FromSeconds(8));

        var patch = Assert.Single((await NextAsync(viewer)).PeersChangedPatch!);
        Assert.False(patch.Online);
        Assert.Equal(closed, patch.LastSeen);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreWriteDuringStopNoPanic")]
    [Trait("Acceptance", "TestBatcher_CloseStopsWorkers")]
    [Trait("Acceptance", "TestBatcher_CloseMultipleTimes_DoubleClosePanic")]
    [Trait("Acceptance", "TestBatcher_MapResponseDuringShutdown")]
    public async Task Stop_OpenStreams_EndAndLetNobodyIn()
    {
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(1));
        await using var plane = await StartAsync(store, new ManualTimeProvider());
        var session = await OpenAsync(plane, 1);
        await plane.StopAsync(Cancel);
        await plane.StopAsync(Cancel);

        await session.WaitAsync(Cancel);
        Assert.Equal(Core.Maps.SessionEnd.ServerStopping, session.End);
        Assert.True(plane.Default.Snapshot.Nodes.TryGet(new NodeId(1), out var entry));
        Assert.Null(await plane.Default.Sessions.OpenAsync(entry, 130, Cancel));
        var refused = await plane.Default.ExecuteAsync(new CreateUserCommand("anna", "", null, null), Cancel);
        Assert.Equal(CoreErrorKind.Unavailable, refused.Error!.Kind);
    }

    [Fact]
    public async Task Stop_NodesConnected_LastSeenIsTheTimeOfTheStop()
    {
        var store = new FakeStore();
        store.Seed(Seeds.WithNodes(2));
        var time = new ManualTimeProvider();
        await using var plane = await StartAsync(store, time);
        await OpenAsync(plane, 1);
        await UntilAsync(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromDays(3));

        await plane.StopAsync(Cancel);

        Assert.Equal(time.GetUtcNow(), store.PresenceOf(new NodeId(1))!.LastSeen);
        Assert.Null(store.PresenceOf(new NodeId(2)));
    }

    [Fact]
    public async Task Stop_IdsLeft_AreGivenBack()
    {
        var store = new FakeStore();
        await using var plane = await StartAsync(store, new ManualTimeProvider());
        await plane.Default.ExecuteAsync(new CreateUserCommand("anna", "", null, null), Cancel);

        await plane.StopAsync(Cancel);

        Assert.Equal(2, store.NextId(IdKind.User));
    }

    private static Task<ControlPlane> StartAsync(FakeStore store, ManualTimeProvider time) =>
        ControlPlane.StartAsync(store, Make.Settings(), time, NullLoggerFactory.Instance, Cancel);

    private static async Task<Core.Maps.MapSession> OpenAsync(ControlPlane plane, int node)
    {
        Assert.True(plane.Default.Snapshot.Nodes.TryGet(new NodeId(node), out var entry));
        return (await plane.Default.Sessions.OpenAsync(entry, 130, Cancel))!;
    }

    private static async Task<Protocol.Control.MapResponse> NextAsync(Core.Maps.MapSession session)
    {
        while (true)
        {
            if (session.Next() is { } message)
            {
                return message;
            }

            await session.WaitAsync(Cancel);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
