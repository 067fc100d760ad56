using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using MeshControl.Policy.World;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Maps;

/// <summary>The open streams of a running tailnet.</summary>
public sealed class MapSessionsTests
{
    [Fact]
    [Trait("Acceptance", "TestBug5_WorkerPanicKillsWorkerPermanently")]
    public async Task Tell_Fails_EveryClientBeginsAnewAndTheWriterGoesOn()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(3));
        var sessions = new List<MapSession>();
        foreach (var entry in host.Snapshot.Nodes)
        {
            var session = await host.Tailnet.Sessions.OpenAsync(entry, 130, TestContext.Current.CancellationToken);
            session!.FirstMessage();
            sessions.Add(session);
        }

        // A transition of nothing is a fault that no command makes.
        var broken = new TailnetChange([new NodeTransition(null, null, NodeAspects.Whole)], [], SettingsAspects.None, null);
        host.Tailnet.Sessions.Tell(broken, host.Snapshot);

        Assert.All(sessions, session => Assert.Equal(SessionEnd.ChangeLost, session.End));
        Assert.Contains(1013, host.Log.Events(LogLevel.Error));
        var again = await host.Tailnet.Sessions.OpenAsync(host.Snapshot.Nodes.First(), 130, TestContext.Current.CancellationToken);
        Assert.NotNull(again!.FirstMessage());
    }

    [Theory]
    [InlineData(MapSession.MaxLookedAt)]
    [InlineData(MapSession.MaxLookedAt + 1)]
    [Trait("Acceptance", "TestBatcherFullPeerUpdates")]
    public async Task Role_OfTheOwnerOfMany_ShowsAllOfThemToThoseWhoMaySeeThemNow(int nodes)
    {
        var seed = Seeds.WithNodes(nodes + 1);
        seed = seed with { Nodes = [.. seed.Nodes.SkipLast(1), seed.Nodes[^1] with { Owner = null, Tags = ["tag:a"] }] };
        await using var host = new TailnetHost(seed);
        var set = await host.Tailnet.Policies.SetAsync(
            """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["autogroup:admin"], "dst": ["tag:a:22"]}]}""",
            "test",
            TestContext.Current.CancellationToken);
        Assert.Null(set.Error);
        var viewer = host.Snapshot.Nodes.Single(entry => entry.Node.IsTagged);
        var session = await host.Tailnet.Sessions.OpenAsync(viewer, 130, TestContext.Current.CancellationToken);
        Assert.Empty(session!.First()!.Peers!);

        await host.ExecuteAsync(new SetUserRoleCommand(new UserId(1), UserRole.Admin));

        Assert.Equal(nodes, session!.Next()!.PeersChanged!.Count);
    }
}
