using MeshControl.Core.Maps;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Maps;

/// <summary>Nodes that come back one after another because the server cannot take all at once are not shown offline meanwhile.</summary>
public sealed class ReconnectStormTests
{
    private const int Nodes = ReconnectStorm.MinLost + ReconnectStorm.MinReturns;

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
    public async Task Sweep_OneFewerIsLostThanAStormNeeds_GraceIsTheUsualOne()
    {
        await using var host = await CutAsync(ReconnectStorm.MinLost - 1);
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns, Online(host));
    }

    [Fact]
    public async Task Sweep_AreLostOneAfterAnother_GraceIsTheUsualOne()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(Nodes));
        foreach (var session in await OpenAsync(host, Nodes))
        {
            host.Tailnet.Sessions.Close(session);
            host.Time.Advance(ReconnectStorm.Window / (ReconnectStorm.MinLost - 2));
        }

        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(ReconnectStorm.MinReturns, Online(host));
    }

    [Fact]
    public async Task Sweep_LostInTwoWaves_WaitsForThoseOfTheFirst()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2 * Nodes));
        var sessions = await OpenAsync(host, 2 * Nodes);
        sessions[..Nodes].ForEach(host.Tailnet.Sessions.Close);
        host.Time.Advance(ReconnectStorm.Window * 3);
        sessions[Nodes..].ForEach(host.Tailnet.Sessions.Close);
        host.Time.Advance(Grace);
        await ComeBackAsync(host, ReconnectStorm.MinReturns);

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(2 * Nodes, Online(host));
    }

    [Fact]
    public async Task Sweep_ManyLeaveForGoodWhileOthersComeAndGo_GraceIsTheUsualOne()
    {
        const int Restless = ReconnectStorm.MinReturns;
        const int Rounds = 4;
        var pause = ReconnectStorm.Window * 1.5;
        await using var host = new TailnetHost(Seeds.WithNodes(Nodes + Restless));
        var sessions = await OpenAsync(host, Nodes + Restless);
        sessions[..Nodes].ForEach(host.Tailnet.Sessions.Close);
        host.Time.Advance(pause);
        for (var round = 0; round < Rounds; round++)
        {
            host.Time.Advance((Grace - pause) / Rounds);
            for (var id = Nodes + 1; id <= Nodes + Restless; id++)
            {
                host.Tailnet.Sessions.Close(sessions[id - 1]);
                sessions[id - 1] = (await host.Tailnet.Sessions.OpenAsync(host.Entry(id), 130, Cancel))!;
            }
        }

        await host.Tailnet.Sessions.SweepAsync(Cancel);

        Assert.Equal(Restless, Online(host));
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
        (await OpenAsync(host, nodes)).ForEach(host.Tailnet.Sessions.Close);
        return host;
    }

    private static async Task<List<MapSession>> OpenAsync(TailnetHost host, int nodes)
    {
        var sessions = new List<MapSession>();
        for (var id = 1; id <= nodes; id++)
        {
            sessions.Add((await host.Tailnet.Sessions.OpenAsync(host.Entry(id), 130, Cancel))!);
        }

        return sessions;
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
