using System.Net;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Maps;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Maps;

/// <summary>An administrator asks whether nodes are there.</summary>
public sealed class PingTests
{
    private const string AnswerPath = "/machine/ping-response";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
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
    [Trait("Acceptance", "TestPingTwoSameNode")]
    public async Task Ping_SeveralAtOnce_AreAllAnswered()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        await Task.WhenAll(Enumerable.Range(0, MapSession.MaxPings).Select(_ => PingAsync(admin, server, node)));

        Assert.Equal(MapSession.MaxPings, PingUrls(node).Distinct().Count());
    }

    [Fact]
    public async Task Answer_OfAnotherMachine_IsNotTaken()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = server.OpenAdmin();
        var key = await server.CreateUserWithKeyAsync("alice");
        var silent = server.NewNode("silent", key);
        await silent.RegisterAsync(key, Token);
        using var stream = await silent.Client.OpenMapAsync(silent.CreateMapRequest(stream: true, omitPeers: false), Token);
        await using var reader = new MapStreamReader(await stream.Content.ReadAsStreamAsync(Token), 0, compressed: true, TimeProvider.System);
        await reader.ReadAsync(Token);
        var other = await server.JoinAsync("other", key);

        var ping = PingAsync(admin, server, silent);
        PingRequest? request = null;
        while (request is null)
        {
            request = (await reader.ReadAsync(Token))!.Message.PingRequest;
        }

        var path = new Uri(request.Url).PathAndQuery;
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(other, path));
        Assert.False(ping.IsCompleted);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(silent, path));
        await ping;
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(silent, path));
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
}
