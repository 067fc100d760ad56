using System.Net;
using System.Net.WebSockets;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>How a channel begins, and how it does not.</summary>
public sealed class UpgradeTests
{
    // The server tells its operator when a proxy seems to drop headers.
    private const int UpgradeHeaderMissing = 4000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> BadRequests => new()
    {
        { "no upgrade", "X-Tailscale-Handshake: AAAA\r\n", "missing next protocol" },
        { "upgrade without connection", "Upgrade: tailscale-control-protocol\r\nX-Tailscale-Handshake: AAAA\r\n", "missing next protocol" },
        { "another protocol", "Connection: upgrade\r\nUpgrade: websocket\r\n", "unknown next protocol" },
        { "no handshake", "Connection: upgrade\r\nUpgrade: tailscale-control-protocol\r\n", "missing Tailscale handshake header" },
        {
            "no base64", "Connection: upgrade\r\nUpgrade: tailscale-control-protocol\r\nX-Tailscale-Handshake: ***\r\n",
            "invalid tailscale handshake header"
        },
        {
            "too short", "Connection: upgrade\r\nUpgrade: tailscale-control-protocol\r\nX-Tailscale-Handshake: AHEBAGA=\r\n",
            "invalid tailscale handshake header"
        },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Upgrade_BadHeaders_Is400WithText(string name, string headers, string text)
    {
        await using var server = await TestServer.StartAsync();
        server.ExpectLog(UpgradeHeaderMissing);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync($"POST /ts2021 HTTP/1.1\r\nHost: {server.Url.Authority}\r\nContent-Length: 0\r\n{headers}\r\n", Token);
        var (head, body) = await peer.ReadAnswerAsync(Token);

        Assert.True(HttpStatusCode.BadRequest == head.Status, name);
        Assert.Contains(text, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_InitiationForAnotherServer_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var machineKey = X25519PrivateKey.Generate();
        using var otherServer = X25519PrivateKey.Generate();
        using var handshake = NoiseClientHandshake.Start(machineKey, otherServer.PublicKey, version: 138);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync(ControlDialer.UpgradeRequest(server.Url, handshake.InitiationHeader), Token);
        var (head, body) = await peer.ReadAnswerAsync(Token);

        Assert.Equal(HttpStatusCode.BadRequest, head.Status);
        Assert.Contains("invalid tailscale handshake header", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_Answer_HasExactHeaders()
    {
        await using var server = await TestServer.StartAsync();
        using var machineKey = X25519PrivateKey.Generate();
        var serverKey = await server.GetServerKeyAsync();
        using var handshake = NoiseClientHandshake.Start(machineKey, serverKey.Bytes, version: 138);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync(ControlDialer.UpgradeRequest(server.Url, handshake.InitiationHeader), Token);
        var head = await peer.ReadResponseAsync(Token);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, head.Status);
        Assert.Equal("tailscale-control-protocol", head["Upgrade"]);
        Assert.Equal("upgrade", head["Connection"], ignoreCase: true);
        Assert.Null(head["Transfer-Encoding"]);
    }

    [Fact]
    public async Task Upgrade_ReusedConnection_Works()
    {
        await using var server = await TestServer.StartAsync();
        using var machineKey = X25519PrivateKey.Generate();
        var serverKey = await server.GetServerKeyAsync();
        using var handshake = NoiseClientHandshake.Start(machineKey, serverKey.Bytes, version: 138);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        // As a reverse proxy does that keeps its connections.
        await peer.SendRawAsync($"GET /key?v=138 HTTP/1.1\r\nHost: {server.Url.Authority}\r\n\r\n", Token);
        var (first, _) = await peer.ReadAnswerAsync(Token);
        await peer.SendRawAsync(ControlDialer.UpgradeRequest(server.Url, handshake.InitiationHeader), Token);

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await peer.ReadResponseAsync(Token)).Status);
    }

    [Fact]
    public async Task WebSocket_Client_JoinsLikeAnyOther()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var browser = await server.JoinAsync(
            "browser", key, options => options with { Endpoint = options.Endpoint with { UsesWebSocket = true } });

        await one.WaitForAsync(map => map.HasExactly("browser"));
        await browser.WaitForAsync(map => map.HasExactly("one"));
        await NetmapOracle.AssertConvergedAsync(one, browser);
    }

    [Fact]
    public async Task WebSocket_ClientVanishes_IsForgotten()
    {
        await using var server = await TestServer.StartAsync();
        using var machineKey = X25519PrivateKey.Generate();
        using var handshake = NoiseClientHandshake.Start(machineKey, (await server.GetServerKeyAsync()).Bytes, version: 138);
        foreach (var waitsForAnswer in new[] { false, true })
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol(NoiseProtocol.UpgradeToken);
            await socket.ConnectAsync(WebSocketUrl(server, handshake.InitiationHeader), Token);
            if (waitsForAnswer)
            {
                await socket.ReceiveAsync(new byte[NoiseProtocol.ResponseLength].AsMemory(), Token);
            }

            socket.Abort();
        }

        // The server's end waits for its connections, and the test's for the server's log.
        await server.StopAsync();
    }

    [Theory]
    [InlineData(null, "AAAA")]
    [InlineData("another-protocol", "AAAA")]
    [InlineData("tailscale-control-protocol", "AAAA")]
    [InlineData("tailscale-control-protocol", "")]
    public async Task WebSocket_BadRequest_IsPolicyViolation(string? protocol, string handshake)
    {
        await using var server = await TestServer.StartAsync();
        using var socket = new ClientWebSocket();
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(WebSocketUrl(server, handshake), Token);
        var message = await socket.ReceiveAsync(new byte[100].AsMemory(), Token);

        Assert.Equal(WebSocketMessageType.Close, message.MessageType);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
    }

    private static Uri WebSocketUrl(TestServer server, string handshake) => new UriBuilder(server.Url)
    {
        Scheme = Uri.UriSchemeWs,
        Path = ControlDialer.Path,
        Query = $"{NoiseProtocol.HandshakeHeader}={Uri.EscapeDataString(handshake)}",
    }.Uri;
}
