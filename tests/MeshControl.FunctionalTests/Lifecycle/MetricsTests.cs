using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>What a server with nodes tells who watches it.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfANetwork_TellOfNodesStreamsMessagesAndCommits()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => options with { MetricsListenAddr = new ListenAddress(IPAddress.Loopback, 0) });
        var key = await server.CreateUserWithKeyAsync("alice");
        var first = await server.JoinAsync("first", key);
        var second = await server.JoinAsync("second", key);
        await first.WaitForAsync(map => map.Peers.Count == 1);

        var lines = await GetAsync(server);

        Assert.Contains("meshcontrol_nodes{state=\"online\"} 2", lines);
        Assert.Contains("meshcontrol_users 1", lines);
        Assert.Contains("meshcontrol_streams 2", lines);
        Assert.Contains("meshcontrol_channels 2", lines);
        Assert.Contains("meshcontrol_connections{state=\"proven\"} 2", lines);
        Assert.Contains("meshcontrol_connections_closed_total{reason=\"evicted\"} 0", lines);
        Assert.Contains("meshcontrol_map_messages_total{kind=\"full\"} 2", lines);
        Assert.True(Number(lines, "meshcontrol_map_messages_total{kind=\"delta\"}") >= 1);
        Assert.True(Number(lines, "meshcontrol_map_sent_bytes_total{kind=\"full\"}") > 100);
        Assert.True(Number(lines, "meshcontrol_commit_duration_seconds_count{outcome=\"committed\"}") >= 4);
        Assert.True(Number(lines, "meshcontrol_commands_total") >= 4);
        await second.StopAsync();
        await first.WaitForAsync(map => map.Peers.Values.All(peer => peer.Online == false));
        Assert.Contains("meshcontrol_nodes{state=\"offline\"} 1", await GetAsync(server));
    }

    private static double Number(string[] lines, string series) => double.Parse(
        lines.Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[series.Length..],
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string[]> GetAsync(TestServer server)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://{server.Server.MetricsAddress}/metrics"), Token);
        return page.Split('\n');
    }
}
