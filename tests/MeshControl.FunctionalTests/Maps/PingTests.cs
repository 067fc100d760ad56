using System.Net;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Maps;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>An administrator asks whether nodes are there.</summary>
public sealed class PingTests
{
    private const string AnswerPath = "/machine/ping-response";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestPingTracker_RegisterComplete")]
    [Trait("Acceptance", "TestPingTracker_LatencyNonNegative")]
    [Trait("Acceptance", "TestPingNode")]
    public async Task Ping_ConnectedNode_TellsHowLongItTook()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        var latency = await PingAsync(admin, server, node);

        Assert.InRange(latency, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        Assert.StartsWith("https://127.0.0.1", Assert.Single(PingUrls(node)), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "TestPingDisconnectedNode")]
    public async Task Ping_NodeThatIsAway_IsRefusedAtOnce()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var key = await server.CreateUserWithKeyAsync("alice");
        var node = server.NewNode("one", key);
        await node.RegisterAsync(key, Token);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => PingAsync(admin, server, node));

        Assert.Equal((RpcStatusCode.FailedPrecondition, "The node one is not connected."), (refusal.Status.Code, refusal.Status.Message));
    }

    [Fact]
    [Trait("Acceptance", "TestPingTracker_TwoToSameNode")]
    [Trait("Acceptance", "TestPingTracker_ConcurrentDifferentIDs")]
    [Trait("Acceptance", "TestPingTwoSameNode")]
    [Trait("Acceptance", "TestConnectionEntry_ConcurrentSends")]
    public async Task Ping_SeveralAtOnce_AreAllAnswered()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        await Task.WhenAll(Enumerable.Range(0, MapSession.MaxPings).Select(_ => PingAsync(admin, server, node)));

        Assert.Equal(MapSession.MaxPings, PingUrls(node).Distinct().Count());
    }

    [Fact]
    [Trait("Acceptance", "TestPingTracker_CompleteUnknown")]
    [Trait("Acceptance", "TestPingTracker_DoubleComplete")]
    public async Task Answer_OfAnotherMachine_IsNotTaken()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var key = await server.CreateUserWithKeyAsync("alice");
        await using var silent = await SilentNode.JoinAsync(server, key);
        var other = await server.JoinAsync("other", key);

        var ping = PingAsync(admin, server, silent.Node);
        var path = await silent.ReadPingAsync();
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(other, path));
        Assert.False(ping.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(silent.Node, path));
        await ping;
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(silent.Node, path));
    }

    [Fact]
    [Trait("Acceptance", "TestPingTracker_CancelThenComplete")]
    public async Task Answer_AfterTheWait_IsNotTaken()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(time);
        using var admin = server.OpenAdmin();
        await using var silent = await SilentNode.JoinAsync(server, await server.CreateUserWithKeyAsync("alice"));
        var ping = PingAsync(admin, server, silent.Node);
        var path = await silent.ReadPingAsync();

        // Its time begins when the server waits for it, which is not known here.
        while (!ping.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(ping, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => ping);
        Assert.Equal(RpcStatusCode.FailedPrecondition, refusal.Status.Code);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(silent.Node, path));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [Trait("Acceptance", "TestPingResponseHandlerRejectsNonHEAD")]
    public async Task Answer_OtherVerbs_AreRefused(string method)
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        using var response = await node.Client.SendAsync(new HttpMethod(method), AnswerPath + "?id=1", body: null, Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static Task<TimeSpan> PingAsync(RpcChannel admin, TestServer server, SimulatedNode node) =>
        new AdminClient(admin, RpcCallOptions.Default).PingNodeAsync(server.Entry(node).Id.Value, Token);

    private static IEnumerable<string> PingUrls(SimulatedNode node) =>
        node.Traffic.Messages.Select(message => message.Message.PingRequest?.Url).OfType<string>();

    private static async Task<HttpStatusCode> HeadAsync(SimulatedNode node, string path)
    {
        using var response = await node.Client.SendAsync(HttpMethod.Head, path, body: null, Token);
        return response.StatusCode;
    }

    /// <summary>A node that reads its stream and answers nothing.</summary>
    private sealed class SilentNode(SimulatedNode node, HttpResponseMessage stream, MapStreamReader reader) : IAsyncDisposable
    {
        public SimulatedNode Node => node;

        public static async Task<SilentNode> JoinAsync(TestServer server, string key)
        {
            var node = server.NewNode("silent", key);
            await node.RegisterAsync(key, Token);
            var stream = await node.Client.OpenMapAsync(node.CreateMapRequest(stream: true, omitPeers: false), Token);
            var reader = new MapStreamReader(await stream.Content.ReadAsStreamAsync(Token), 0, compressed: true, TimeProvider.System);
            await reader.ReadAsync(Token);
            return new SilentNode(node, stream, reader);
        }

        /// <summary>Reads until the server asks whether the node is there.</summary>
        /// <returns>Where it would answer.</returns>
        public async Task<string> ReadPingAsync()
        {
            while (true)
            {
                if ((await reader.ReadAsync(Token))!.Message.PingRequest is { } request)
                {
                    return new Uri(request.Url).PathAndQuery;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await reader.DisposeAsync();
            stream.Dispose();
        }
    }
}
