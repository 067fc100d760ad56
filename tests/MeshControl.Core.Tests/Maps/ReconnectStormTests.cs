using MeshControl.Core.Maps;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Maps;

/// <summary>Nodes that come back one after another because the server cannot take all at once are not shown offline meanwhile.</summary>
public sealed class ReconnectStormTests
{
    private const int Nodes = ReconnectStorm.MinAway + ReconnectStorm.MinReturns;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweep_OthersComeBackJustNow_WaitsForThoseWhoAreAway()
    {
        await using var host = await CutAsync(Nodes);
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(Nodes, Online(host));
    }

    [Fact]
    public async Task Sweep_NobodyComesBackAnyMore_TheRestIsOfflineSinceItLeft()
    {
        await using var host = await CutAsync(Nodes);
        var closed = host.Time.GetUtcNow();
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);
        host.Time.Advance(ReconnectStorm.Window + TimeSpan.FromMicroseconds(1));

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns, Online(host));
        Assert.Equal(closed, host.Entry(Nodes).Presence.LastSeen);
    }

    [Fact]
    public async Task Sweep_StormIsLongerThanTheLongestGrace_TheRestIsOffline()
    {
        await using var host = await CutAsync(Nodes);
        host.Time.Advance(ReconnectStorm.LongestGrace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns, Online(host));
    }

    [Fact]
    public async Task Sweep_OneFewerIsAwayThanAStormNeeds_GraceIsTheUsualOne()
    {
        await using var host = await CutAsync(Nodes - 1);
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns, Online(host));
    }

    [Fact]
    public async Task Sweep_OneFewerCameBackThanAStormNeeds_GraceIsTheUsualOne()
    {
        await using var host = await CutAsync(Nodes);
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns - 1);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns - 1, Online(host));
    }

    /// <summary>Nodes that all had a stream and lost it.</summary>
    private static async Task<TailnetHost> CutAsync(int nodes)
    {
        var host = new TailnetHost(Seeds.WithNodes(nodes));
        var sessions = new List<MapSession>();
        for (var id = 1; id <= nodes; id++)
        {
            sessions.Add((await host.Tailnet.Sessions.OpenAsync(host.Entry(id), 130, Cancel))!);
        }

        sessions.ForEach(host.Tailnet.Sessions.Close);
        return host;
    }

    private static async Task ComeBackAsync(TailnetHost host, int nodes)
    {
        for (var id = 1; id <= nodes; id++)
        {
            Assert.NotNull(await host.Tailnet.Sessions.OpenAsync(host.Entry(id), 130, Cancel));
        }
    }

    private static int Online(TailnetHost host) => host.Snapshot.Nodes.Count(entry => entry.Presence.Online);
}
