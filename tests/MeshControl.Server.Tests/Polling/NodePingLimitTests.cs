using MeshControl.Core;
using MeshControl.Core.Maps;
using MeshControl.Server.Polling;
using MeshControl.Server.Tests.Admin;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Polling;

public sealed class NodePingLimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestPingTracker_Drain")]
    public async Task Ping_OneMoreThanMayWait_IsRefusedAndTheOthersEndInTime()
    {
        var time = new ManualTimeProvider();
        await using var bench = await AdminHarness.StartAsync(nodes: NodePings.MaxWaiting / MapSession.MaxPings);
        var pings = new NodePings(new Uri("http://127.0.0.1"), time);
        var nodes = bench.Tailnet.Snapshot.Nodes.ToArray();
        foreach (var node in nodes)
        {
            await bench.Tailnet.Sessions.OpenAsync(node, 138, Token);
        }

        var waiting = Enumerable.Range(0, NodePings.MaxWaiting).Select(i => pings.PingAsync(bench.Tailnet, nodes[i % nodes.Length], Token)).ToArray();
        var oneMore = await pings.PingAsync(bench.Tailnet, nodes[0], Token);

        Assert.Equal(CoreErrorKind.Exhausted, oneMore.Error!.Kind);
        Assert.DoesNotContain(waiting, ping => ping.IsCompleted);
        time.Advance(NodePings.AnswerTimeout);
        Assert.All(await Task.WhenAll(waiting), ping => Assert.Equal(CoreErrorKind.Refused, ping.Error!.Kind));
    }
}
