using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>What the watchdog believes, and new settings.</summary>
public sealed class LivenessTests
{
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(3);

    private readonly FakeStore _store = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IsAlive_Idle_IsAliveForEver()
    {
        await using var plane = await StartAsync();

        for (var minute = 0; minute < 3; minute++)
        {
            _time.Advance(StallLimit);
            await UntilAliveAsync(plane);
        }
    }

    [Fact]
    public async Task IsAlive_WriterIsStuck_IsNotOnceTheLimitIsReached()
    {
        await using var plane = await StartAsync();
        var gate = _store.HoldNextCommit();
        var command = plane.Default.ExecuteAsync(new EditCommand(draft => draft.Put(Make.User(9))), Cancel);
        await gate.Entered;

        _time.Advance(StallLimit - TimeSpan.FromMicroseconds(1));
        Assert.True(plane.IsAlive);
        _time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.False(plane.IsAlive);

        gate.Release();
        Assert.Null((await command).Error);
        await UntilAliveAsync(plane);
    }

    [Fact]
    public async Task ReplaceSettings_NewOnes_CountAtOnceButForWhatNodesAreMadeOf()
    {
        await using var plane = await StartAsync();
        var before = plane.Default.Snapshot.Settings;

        var error = await plane.ReplaceSettingsAsync(
            Make.Settings("100.65.0.0/16", v6: null) with { BaseDomain = "other.test", NodeExpiry = TimeSpan.FromDays(1) }, Cancel);

        Assert.Null(error);
        Assert.Equal(before with { NodeExpiry = TimeSpan.FromDays(1) }, plane.Default.Snapshot.Settings);
        Assert.Empty(_store.Batches);
    }

    [Fact]
    public async Task ReplaceSettings_ServerStops_IsAnError()
    {
        var plane = await StartAsync();
        await plane.DisposeAsync();

        Assert.Equal(CoreErrorKind.Unavailable, (await plane.ReplaceSettingsAsync(Make.Settings(), Cancel))?.Kind);
    }

    private async Task<ControlPlane> StartAsync()
    {
        _store.Seed(Seeds.WithNodes(1));
        var plane = await ControlPlane.StartAsync(_store, Make.Settings(), _time, NullLoggerFactory.Instance, Cancel);
        await UntilAsync(() => _time.PendingTimers > 0);
        return plane;
    }

    // The sweep runs on another thread once the clock has moved.
    private static Task UntilAliveAsync(ControlPlane plane) => UntilAsync(() => plane.IsAlive);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
    }
}
