using MeshControl.Admin.Grpc;
using MeshControl.Server.Metrics;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>Every call is counted, by names that callers do not choose.</summary>
public sealed class RpcMetricsTests
{
    [Fact]
    public async Task Call_AnsweredOrRefused_IsCountedByMethodAndCode()
    {
        await using var harness = await RpcHarness.StartAsync();
        using var collector = new MetricsCollector(harness.Metrics.Meter);
        await harness.EchoAsync("x");
        harness.OnEcho = (_, _, _) => Task.FromResult<RpcResult<EchoResponse>>(RpcStatus.NotFound("no"));
        await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));
        harness.Guard = _ => new RpcStatus(RpcStatusCode.Unauthenticated, "who?");
        await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        var page = collector.Render();

        Assert.Contains("meshcontrol_admin_calls_total{method=\"EchoService/Echo\",code=\"ok\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("meshcontrol_admin_calls_total{method=\"EchoService/Echo\",code=\"not_found\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("meshcontrol_admin_calls_total{method=\"EchoService/Echo\",code=\"unauthenticated\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("meshcontrol_admin_call_duration_seconds_count{method=\"EchoService/Echo\"} 3\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Stream_IsCountedAndNotTimed()
    {
        await using var harness = await RpcHarness.StartAsync();
        using var collector = new MetricsCollector(harness.Metrics.Meter);
        await foreach (var _ in harness.CountAsync(2))
        {
            // To the end.
        }

        var page = collector.Render();

        Assert.Contains("meshcontrol_admin_calls_total{method=\"EchoService/Count\",code=\"ok\"} 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("duration_seconds_count{method=\"EchoService/Count\"}", page, StringComparison.Ordinal);
    }
}
