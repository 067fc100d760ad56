using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>What a server with nodes tells who watches it.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestEnhancedNodeTracking")]
    [Trait("Acceptance", "TestEnhancedTrackingWithBatcher")]
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
        Assert.True(Number(lines, "meshcontrol_batch_commands_count") >= 4);
        Assert.Contains("meshcontrol_changes_total{kind=\"node_added\"} 2", lines);
        Assert.True(Number(lines, "meshcontrol_change_audience_sum") >= 1);
        Assert.Contains("meshcontrol_machine_requests_total{endpoint=\"register\",status=\"2xx\"} 2", lines);
        Assert.Contains("meshcontrol_machine_request_duration_seconds_count{endpoint=\"register\"} 2", lines);
        Assert.DoesNotContain(lines, line => line.Contains("request_duration_seconds_count{endpoint=\"map_stream\"", StringComparison.Ordinal));
        await second.StopAsync();
        await first.WaitForAsync(map => map.Peers.Values.All(peer => peer.Online == false));
        lines = await GetAsync(server);
        Assert.Contains("meshcontrol_nodes{state=\"offline\"} 1", lines);
        Assert.True(Number(lines, "meshcontrol_changes_total{kind=\"node_online\"}") >= 1);

        // A client may have its map a moment before the server knows that it was sent.
        while (!lines.Contains("meshcontrol_map_first_duration_seconds_count 2")
            || !lines.Contains("meshcontrol_machine_requests_total{endpoint=\"map_stream\",status=\"2xx\"} 1"))
        {
            lines = await GetAsync(server);
        }
    }

    [Fact]
    public async Task Metrics_OfAPolicy_TellWhatIsInForceAndWhatWasRefused()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => options with { MetricsListenAddr = new ListenAddress(IPAddress.Loopback, 0) });
        Assert.Contains("meshcontrol_policy_version{tailnet=\"default\"} 0", await GetAsync(server));
        await server.JoinAsync("first", await server.CreateUserWithKeyAsync("alice"));

        await server.SetPolicyAsync("{}");
        await server.SetPolicyAsync("{}");
        Assert.NotNull((await server.Server.ControlPlane.Default.Policies.SetAsync("{", "test", Token)).Error);

        var lines = await GetAsync(server);
        Assert.Contains("meshcontrol_policy_version{tailnet=\"default\"} 1", lines);
        Assert.True(Number(lines, "meshcontrol_policy_classes{tailnet=\"default\"}") >= 1);
        Assert.Contains("meshcontrol_policy_file_refused{tailnet=\"default\"} 0", lines);
        Assert.Contains("meshcontrol_policy_puts_total{origin=\"api\",outcome=\"accepted\"} 1", lines);
        Assert.Contains("meshcontrol_policy_puts_total{origin=\"api\",outcome=\"unchanged\"} 1", lines);
        Assert.Contains("meshcontrol_policy_puts_total{origin=\"api\",outcome=\"refused\"} 1", lines);
        Assert.Contains("meshcontrol_policy_compile_duration_seconds_count{outcome=\"accepted\"} 2", lines);
        Assert.Contains("meshcontrol_policy_compile_duration_seconds_count{outcome=\"refused\"} 1", lines);
        Assert.Contains("meshcontrol_changes_total{kind=\"access\"}", string.Join('\n', lines), StringComparison.Ordinal);
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
