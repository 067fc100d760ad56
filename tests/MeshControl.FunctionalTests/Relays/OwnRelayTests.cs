using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Relays;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Relays;

/// <summary>The relay inside the server: who is let in, by which ways, and when clients have to go.</summary>
public sealed class OwnRelayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Packets_BetweenNodes_ArriveByAnyWay(bool byTls, bool byWebSocket)
    {
        await using var server = await RelayedNode.StartServerAsync();
        var key = await server.CreateUserWithKeyAsync("anna");
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", key);
        using var beta = await RelayedNode.JoinAsync(server, "beta", key);
        await using var sender = await alpha.DialAsync(
            server, endpoint => (byTls ? RelayEndpoint.Tls(server.Url.Port) : endpoint) with { UsesWebSocket = byWebSocket });
        await using var receiver = await beta.DialAsync(server);

        await sender.SendPacketAsync(beta.PublicKey, "hello"u8.ToArray(), Token);
        var there = await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        await receiver.SendPacketAsync(alpha.PublicKey, "again"u8.ToArray(), Token);
        var back = await sender.ReceiveAsync<RelayMessage.Packet>(Token);

        Assert.Equal((alpha.PublicKey, "hello"), (there.Source, System.Text.Encoding.ASCII.GetString(there.Bytes)));
        Assert.Equal((beta.PublicKey, "again"), (back.Source, System.Text.Encoding.ASCII.GetString(back.Bytes)));
    }

    [Fact]
    public async Task Region_ToldToNodes_LeadsToTheRelayByItsPinnedCertificate()
    {
        await using var server = await RelayedNode.StartServerAsync();
        await server.StopAsync();

        // Only now the URL has the port that the server listens on.
        await server.StartAgainAsync();
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));
        var regions = (await alpha.Node.WaitForAsync(map => map.Derp is not null)).Derp!.Regions!;
        var node = Assert.Single(regions[999]!.Nodes!);

        Assert.Equal((server.Url.Port, "127.0.0.1", server.Server.StunAddresses[0].Port), (node.DerpPort, node.HostName, node.StunPort));
        var endpoint = RelayEndpoint.Tls(node.DerpPort, node.HostName) with { CertificatePin = node.CertName!["sha256-raw:".Length..] };
        await using var client = await RelayClient.DialAsync(endpoint, alpha.Key, null, Token);
        Assert.Empty(await client.DrainAsync(Token));
        Assert.NotNull(regions[TestServer.DerpRegion]);
    }

    [Fact]
    public async Task FastStart_OverTls_SavesTheAnswer()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));

        await using var client = await alpha.DialAsync(server, _ => RelayEndpoint.Tls(server.Url.Port));

        Assert.True(client.UsedFastStart);
        await client.SendPacketAsync(alpha.PublicKey, "to myself"u8.ToArray(), Token);
        Assert.Equal("to myself", System.Text.Encoding.ASCII.GetString((await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes));
    }

    [Fact]
    public async Task Stranger_IsTurnedAway_UnlessEverybodyIsServed()
    {
        await using var closed = await RelayedNode.StartServerAsync();
        await using var open = await TestServer.StartAsync(
            configure: options => RelayedNode.WithRelay(options, relay => relay with { VerifyClients = false }));
        using var key = X25519PrivateKey.Generate();

        await Assert.ThrowsAsync<RelayProtocolException>(() => RelayClient.DialAsync(RelayedNode.At(closed), key, null, Token));
        await using var client = await RelayClient.DialAsync(RelayedNode.At(open), key, null, Token);
    }

    [Fact]
    public async Task Node_Deleted_IsDisconnectedAndDoesNotComeBack()
    {
        var time = new ManualTimeProvider();
        await using var server = await RelayedNode.StartServerAsync(time);
        var key = await server.CreateUserWithKeyAsync("anna");
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", key);
        using var beta = await RelayedNode.JoinAsync(server, "beta", key);
        await using var gone = await alpha.DialAsync(server);
        await using var stays = await beta.DialAsync(server);

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(alpha.Node).Id));
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Empty(await gone.ReceiveToEndAsync(Token));
        Assert.Empty(await stays.DrainAsync(Token));
        await Assert.ThrowsAsync<RelayProtocolException>(() => alpha.DialAsync(server));
    }

    [Fact]
    public async Task Node_Expires_IsDisconnected_ThoughNothingHappens()
    {
        var time = new ManualTimeProvider();
        await using var server = await RelayedNode.StartServerAsync(
            time, options => options with { Node = options.Node with { Expiry = TimeSpan.FromHours(1) } });
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));
        await using var client = await alpha.DialAsync(server);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(await client.DrainAsync(Token));
        time.Advance(TimeSpan.FromHours(1));

        Assert.All(await client.ReceiveToEndAsync(Token), message => Assert.IsType<RelayMessage.KeepAlive>(message));
    }

    [Fact]
    public async Task Proxied_ClientOfATrustedProxy_IsServed()
    {
        await using var server = await RelayedNode.StartServerAsync(
            edit: options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));

        await using var client = await alpha.DialAsync(server, endpoint => endpoint with { ExtraHeaders = "X-Forwarded-For: 192.0.2.7\r\n" });

        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Upgrade_OnAConnectionThatCarriedARequest_IsServed()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port, Token);
        var stream = new NetworkStream(socket);

        await stream.WriteAsync("HEAD /derp/probe HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Token);
        var first = await UpgradeResponse.ReadAsync(stream, Token);
        await stream.WriteAsync(RelayDialer.UpgradeRequest(RelayedNode.At(server)), Token);
        var second = await UpgradeResponse.ReadAsync(stream, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.SwitchingProtocols), (first.Status, second.Status));
        await using var client = RelayClient.Over(stream, alpha.Key, second.Rest);
        await client.LoginAsync(null, Token);
        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task WebSocket_WithoutTheSubprotocol_IsClosedForThat()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var socket = await RelayDialer.ConnectWebSocketAsync(RelayedNode.At(server), "other", Token);

        var received = await socket.ReceiveAsync(new byte[64].AsMemory(), Token);

        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation), (received.MessageType, socket.CloseStatus));
    }

    [Fact]
    public async Task WebSocket_Text_IsClosedForThat()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var socket = await RelayDialer.ConnectWebSocketAsync(RelayedNode.At(server), "derp", Token);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Token);
        var buffer = new byte[256];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, socket.CloseStatus);
    }

    [Fact]
    public async Task Stop_ClientsAreToldToComeBack()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));
        await using var plain = await alpha.DialAsync(server);
        await using var socket = await alpha.DialAsync(server, endpoint => endpoint with { UsesWebSocket = true });

        var stopping = server.StopAsync();

        Assert.IsType<RelayMessage.Restarting>(Assert.Single(await plain.ReceiveToEndAsync(Token)));
        Assert.IsType<RelayMessage.Restarting>(Assert.Single(await socket.ReceiveToEndAsync(Token)));
        await stopping;
    }

    [Fact]
    public async Task Connections_OneMoreThanMayBe_IsClosed()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => RelayedNode.WithRelay(options, relay => relay with { MaxConnections = 2 }));
        var key = await server.CreateUserWithKeyAsync("anna");
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", key);
        using var beta = await RelayedNode.JoinAsync(server, "beta", key);
        await using var first = await alpha.DialAsync(server);
        await using var second = await alpha.DialAsync(server);
        server.ExpectLog(2006);

        await Assert.ThrowsAsync<RelayProtocolException>(() => beta.DialAsync(server));
        Assert.Empty(await first.DrainAsync(Token));
    }

    [Fact]
    public async Task Connections_OfTheRelay_TakeNoPlaceOfOthers()
    {
        await using var server = await RelayedNode.StartServerAsync(
            edit: options => options with { Limits = options.Limits with { MaxConnections = 16, MaxPendingConnections = 16 } });
        var key = await server.CreateUserWithKeyAsync("anna");
        List<RelayedNode> nodes = [];
        List<RelayClient> clients = [];
        for (var i = 0; i < 4; i++)
        {
            nodes.Add(await RelayedNode.JoinAsync(server, $"node{i}", key));
            clients.Add(await nodes[i].DialAsync(server));
        }

        // As many silent ones as there may be: none of the relay's clients goes for them.
        List<Socket> silent = [];
        for (var i = 0; i < 40; i++)
        {
            silent.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await silent[^1].ConnectAsync(IPAddress.Loopback, server.Url.Port, Token);
        }

        server.ExpectLog(4500);
        using var http = new HttpClient();
        Assert.Equal("", await http.GetStringAsync(new Uri(server.Url, "/derp/probe"), Token));
        foreach (var client in clients)
        {
            Assert.Empty(await client.DrainAsync(Token));
            await client.DisposeAsync();
        }

        silent.ForEach(socket => socket.Dispose());
        nodes.ForEach(node => node.Dispose());
    }

    [Fact]
    public async Task Mesh_ClientOfAnotherRelay_IsReachedThroughIt()
    {
        var meshKey = new Secret(new string('7', 64));
        await using var there = await TestServer.StartAsync(
            configure: options => RelayedNode.WithRelay(options, relay => relay with { MeshKey = meshKey }));
        await using var here = await TestServer.StartAsync(configure: options => RelayedNode.WithRelay(
            options, relay => relay with { MeshKey = meshKey, MeshWith = [$"http://127.0.0.1:{there.Url.Port}"] }));
        using var alpha = await RelayedNode.JoinAsync(here, "alpha", await here.CreateUserWithKeyAsync("anna"));
        using var beta = await RelayedNode.JoinAsync(there, "beta", await there.CreateUserWithKeyAsync("berta"));
        await using var sender = await alpha.DialAsync(here);
        await using var receiver = await beta.DialAsync(there);

        // Until the relays have found each other nothing arrives.
        IReadOnlyList<RelayMessage> arrived = [];
        while (arrived.Count == 0)
        {
            await sender.SendPacketAsync(beta.PublicKey, "hello"u8.ToArray(), Token);
            await sender.DrainAsync(Token);
            arrived = await receiver.DrainAsync(Token);
        }

        Assert.Equal(alpha.PublicKey, Assert.IsType<RelayMessage.Packet>(arrived[0]).Source);
    }

    [Fact]
    public async Task Stun_IsAnswered()
    {
        await using var server = await RelayedNode.StartServerAsync();

        var (told, own) = await StunProbe.AskAsync(Assert.Single(server.Server.StunAddresses), Token);

        Assert.Equal(own, told);
    }

    [Theory]
    [InlineData("GET", "/derp", HttpStatusCode.UpgradeRequired)]
    [InlineData("GET", "/derp/probe", HttpStatusCode.OK)]
    [InlineData("HEAD", "/derp/latency-check", HttpStatusCode.OK)]
    [InlineData("POST", "/derp/probe", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/generate_204", HttpStatusCode.NoContent)]
    [InlineData("GET", "/bootstrap-dns?q=x", HttpStatusCode.OK)]
    public async Task Pages_OfARelay_AreThere(string method, string path, HttpStatusCode expected)
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var http = new HttpClient();

        using var response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url, path)), Token);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task CaptivePortalListener_AnswersThatAlone()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => RelayedNode.WithRelay(options, relay => relay with { HttpListenAddr = new ListenAddress(IPAddress.Loopback, 0) }));
        var url = new Uri($"http://{server.Server.CaptivePortalAddress}");
        using var http = new HttpClient();

        using var check = await http.GetAsync(new Uri(url, "/generate_204"), Token);
        using var other = await http.GetAsync(new Uri(url, "/key?v=138"), Token);
        using var relay = await http.GetAsync(new Uri(url, "/derp"), Token);

        Assert.Equal(
            (HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (check.StatusCode, other.StatusCode, relay.StatusCode));
    }

    [Fact]
    public async Task Restart_TheRelayHasItsKeyStill()
    {
        await using var server = await RelayedNode.StartServerAsync();
        using var alpha = await RelayedNode.JoinAsync(server, "alpha", await server.CreateUserWithKeyAsync("anna"));
        await using var before = await alpha.DialAsync(server);

        await server.StopAsync();
        await server.StartAgainAsync();
        await using var after = await alpha.DialAsync(server);

        Assert.Equal(before.ServerKey, after.ServerKey);
    }
}
