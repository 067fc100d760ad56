using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Hosting;

public sealed partial class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfAServer_CountWhatHappened()
    {
        await using var bench = await StartAsync();
        using var machine = X25519PrivateKey.Generate();
        await using var client = new ControlClient(bench.Endpoint, machine, new NodeTraffic());
        using var answer = await client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        using var missing = await client.SendAsync(HttpMethod.Get, "/machine/nothing", body: null, Token);
        await bench.GetAsync("/nothing");

        // The client has its answer before the server has counted it.
        Dictionary<string, double> numbers;
        do
        {
            numbers = Numbers(await GetAsync(bench, "/metrics"));
        }
        while (numbers.GetValueOrDefault("""meshcontrol_http_requests_total{listener="channel",status="4xx"}""") < 1
            || numbers.GetValueOrDefault("""meshcontrol_http_requests_total{listener="public",status="4xx"}""") < 1);

        Assert.Equal(1, numbers["""meshcontrol_http_requests_total{listener="channel",status="2xx"}"""]);
        Assert.Equal(1, numbers["meshcontrol_channels"]);
        Assert.Equal(1, numbers["meshcontrol_channels_opened_total"]);
        Assert.Equal(0, numbers["meshcontrol_streams"]);
        Assert.Equal(0, numbers["meshcontrol_users"]);
        Assert.Equal(0, numbers["meshcontrol_queue_length"]);
        Assert.Equal(0, numbers["""meshcontrol_nodes{state="online"}"""]);
        Assert.Equal(0, numbers["""meshcontrol_nodes{state="offline"}"""]);
        Assert.Equal(0, numbers["""meshcontrol_nodes{state="expired"}"""]);
        Assert.True(numbers["process_resident_memory_bytes"] > 1e6);
        Assert.True(numbers["process_cpu_seconds_total"] > 0);
        Assert.True(numbers["process_open_fds"] > 0);
        Assert.True(numbers["process_max_fds"] >= numbers["process_open_fds"]);
        Assert.Contains(numbers.Keys, key => key.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_AfterAnIdleMoment_AreNotAddedUpTwice()
    {
        await using var bench = await StartAsync();
        await GetAsync(bench, "/metrics");

        var limit = Numbers(await GetAsync(bench, "/metrics"))["process_max_fds"];

        Assert.Equal(limit, Numbers(await GetAsync(bench, "/metrics"))["process_max_fds"]);
    }

    [Fact]
    public async Task Health_OnTheMetricsAddress_IsAnswered()
    {
        await using var bench = await StartAsync();

        Assert.Contains("pass", await GetAsync(bench, "/health"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/key?v=138")]
    [InlineData("/ts2021")]
    public async Task AnythingElse_OnTheMetricsAddress_Is404(string path)
    {
        await using var bench = await StartAsync();
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri($"http://{bench.Server!.MetricsAddress}{path}"), Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Connections_OneBeyondTheLimit_TheOldestIsClosed()
    {
        await using var bench = await StartAsync();
        var sockets = new List<Socket>();
        try
        {
            for (var count = 0; count <= KestrelLimits.MaxMetricsConnections; count++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(bench.Server!.MetricsAddress!, Token);
            }

            var closed = await Task.WhenAny(sockets.Select(EndAsync));
            Assert.Equal(0, await closed);
            Assert.Contains("pass", await GetAsync(bench, "/health"), StringComparison.Ordinal);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Metrics_OnThePublicAddress_AreNotThere()
    {
        await using var bench = await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await bench.GetAsync("/metrics")).Status);
    }

    [Fact]
    public async Task Start_WithoutTheKey_ListensForNoMetrics()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();

        Assert.Null(bench.Server!.MetricsAddress);
    }

    [Fact]
    public async Task Start_MetricsAddressInUse_NamesItsKey()
    {
        await using var bench = new ServerBench();
        using var taken = ServerBench.Occupy(out var port);
        bench.Options = bench.Options with { MetricsListenAddr = new ListenAddress(IPAddress.Loopback, port) };

        Assert.StartsWith(
            $"Cannot listen on 127.0.0.1:{port} (metrics_listen_addr): ", await bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    /// <summary>0 when the server closes the connection, in whichever way.</summary>
    private static async Task<int> EndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static async Task<ServerBench> StartAsync()
    {
        var bench = new ServerBench();
        bench.Options = bench.Options with { MetricsListenAddr = new ListenAddress(IPAddress.Loopback, 0) };
        await bench.StartAsync();
        return bench;
    }

    private static async Task<string> GetAsync(ServerBench bench, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://{bench.Server!.MetricsAddress}{path}"), Token);
    }

    /// <summary>Every line must be a comment or a number in Prometheus' form, and each series stands there once.</summary>
    private static Dictionary<string, double> Numbers(string page)
    {
        var numbers = new Dictionary<string, double>();
        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Comment().IsMatch(line))
            {
                continue;
            }

            var match = Sample().Match(line);
            Assert.True(match.Success, line);
            numbers.Add(match.Groups[1].Value, double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    [GeneratedRegex("^# (HELP [a-z0-9_]+ .+|TYPE [a-z0-9_]+ (counter|gauge|histogram))$")]
    private static partial Regex Comment();

    [GeneratedRegex("""^([a-z_][a-z0-9_]*(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})?) (\S+)$""")]
    private static partial Regex Sample();
}
