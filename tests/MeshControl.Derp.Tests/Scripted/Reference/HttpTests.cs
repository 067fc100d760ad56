using System.Net;
using System.Net.WebSockets;
using System.Text;
using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Reference;

/// <summary>What stands before the frames, as the stock clients' own relay has it.</summary>
public sealed class HttpTests(SharedReference reference)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /derp HTTP/1.1", "Connection: Upgrade\r\nUpgrade: DERP")]
    [InlineData("GET /derp?x=y HTTP/1.1", "Connection: Upgrade\r\nUpgrade: DERP")]
    [InlineData("GET /derp HTTP/1.1", "connection: upgrade\r\nUPGRADE: dErP")]
    [InlineData("GET /derp HTTP/1.1", "Upgrade: derp\r\nConnection: Upgrade\r\nIdeal-Node: 900b")]
    [InlineData("GET /derp HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket")]
    public async Task Upgrade_AsClientsOfAllAgesAskForIt_LeadsToTheGreeting(string request, string headers)
    {
        var (stream, response) = await AskAsync(request, headers);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.Status);
        using var key = X25519PrivateKey.Generate();
        await using var client = RelayClient.Over(stream, key, response.Rest);
        await client.LoginAsync(null, Token);
        Assert.Equal(Convert.ToHexStringLower(client.ServerKey.Span), response["Derp-Public-Key"]);
        Assert.Equal("2", response["Derp-Version"]);
    }

    [Fact]
    public async Task Derp_WithoutUpgrade_IsToldToUpgrade()
    {
        var (stream, response) = await AskAsync("GET /derp HTTP/1.1", "Accept: */*");
        await using (stream)
        {
            Assert.Equal(HttpStatusCode.UpgradeRequired, response.Status);
            Assert.Contains("DERP requires connection upgrade", await response.ReadBodyAsync(stream, Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WebSocket_FramesInAnyPieces_AreTaken()
    {
        var endpoint = (await reference.GetAsync()).Endpoint;
        using var socket = await RelayDialer.ConnectWebSocketAsync(endpoint, "derp", Token);
        Assert.Equal("derp", socket.SubProtocol);
        using var key = X25519PrivateKey.Generate();
        await using var client = RelayClient.Over(WebSocketStream.Create(socket, WebSocketMessageType.Binary), key);
        await client.ReadGreetingAsync(Token);
        var own = client.PublicKey.Bytes.Span.ToArray();

        // The login byte by byte, then two frames and a half, then the rest.
        await client.SendByteByByteAsync(client.LoginFrame(), Token);
        await client.ReadServerInfoAsync(Token);
        byte[] frames = [.. RelayFrame.Of(RelayFrameType.SendPacket, own, [1]).Encode(), .. RelayFrame.Of(RelayFrameType.SendPacket, own, [2, 2]).Encode()];
        byte[] third = RelayFrame.Of(RelayFrameType.SendPacket, own, [3, 3, 3]).Encode();
        await client.SendRawAsync((byte[])[.. frames, .. third[..20]], Token);
        await client.SendRawAsync(third.AsMemory(20), Token);

        for (var length = 1; length <= 3; length++)
        {
            Assert.Equal(length, (await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes.Length);
        }
    }

    private async Task<(Stream Stream, UpgradeResponse Response)> AskAsync(string request, string headers)
    {
        var endpoint = (await reference.GetAsync()).Endpoint;
        var (stream, _) = await RelayDialer.ConnectAsync(endpoint, Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{request}\r\nHost: {endpoint.Host}\r\n{headers}\r\n\r\n"), Token);
        return (stream, await UpgradeResponse.ReadAsync(stream, Token));
    }
}
