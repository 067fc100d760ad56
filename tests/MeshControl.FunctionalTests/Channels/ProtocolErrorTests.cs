using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Channels;

/// <summary>Peers that break the rules lose their connection, and nobody else notices.</summary>
public sealed class ProtocolErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte, int, int> BadRecords => new()
    {
        { "wrong type", 5, 32, 32 },
        { "handshake again", NoiseProtocol.InitiationType, 96, 96 },
        { "too long", NoiseProtocol.RecordType, NoiseProtocol.MaxCiphertextLength + 1, 100 },
        { "too short", NoiseProtocol.RecordType, NoiseProtocol.TagLength - 1, NoiseProtocol.TagLength - 1 },
        { "not sealed", NoiseProtocol.RecordType, 32, 32 },
    };

    public static TheoryData<string, Http2Frame> BadFrames => new()
    {
        { "data without stream", new Http2Frame(Http2FrameType.Data, 0, 0, new byte[1]) },
        { "settings on a stream", new Http2Frame(Http2FrameType.Settings, 0, 1, default) },
        { "even stream", new Http2Frame(Http2FrameType.Headers, 5, 2, Hpack.Encode((":method", "GET"))) },
        { "no HPACK", new Http2Frame(Http2FrameType.Headers, 5, 1, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }) },
        { "push promise", new Http2Frame(Http2FrameType.PushPromise, 4, 1, new byte[4]) },
        { "frame too long", new Http2Frame(Http2FrameType.Data, 0, 1, new byte[20_000]) },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task Record_Bad_ClosesTheConnection(string name, byte type, int length, int sent)
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ShakeHandsAsync(server);

        await peer.SendRawRecordAsync(type, length, new byte[sent], Token);

        Assert.True((await peer.ReadToEndAsync(Token)).Length < NoiseProtocol.MaxRecordLength, name);
        await AssertServesAsync(server);
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task Frame_Bad_ClosesTheConnection(string name, Http2Frame frame)
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ShakeHandsAsync(server);
        await peer.StartHttp2Async(Token);

        await peer.SendFrameAsync(frame, Token);
        await peer.ReadFrameAsync(Http2FrameType.GoAway, Token);

        Assert.True((await peer.ReadToEndAsync(Token)).Length < NoiseProtocol.MaxRecordLength, name);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Preface_Missing_ClosesTheConnection()
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ShakeHandsAsync(server);

        await peer.SendAsync("GET /machine/map HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Token);

        await peer.ReadToEndAsync(Token);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Records_EmptyAndTiny_AreFine()
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ShakeHandsAsync(server);
        await peer.SendAsync(default, Token);
        foreach (var piece in Http2Frame.Preface.ToArray())
        {
            await peer.SendAsync(new[] { piece }, Token);
        }

        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, default), Token);
        await peer.SkipEarlyPayloadAsync(Token);
        await peer.SendRequestAsync(1, isWhole: true, Request("https", "unused", "/machine/whoami"), Token);

        Assert.Equal(200, Hpack.ReadStatus((await peer.ReadFrameAsync(Http2FrameType.Headers, Token)).Payload.Span));
    }

    [Theory]
    [InlineData("https", "unused")]
    [InlineData("https", "control.example.com:443")]
    [InlineData("http", "control.example.com")]
    [InlineData("https", "127.0.0.1")]
    public async Task Request_AnySchemeAndAuthority_IsServed(string scheme, string authority)
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ShakeHandsAsync(server);
        await peer.StartHttp2Async(Token);

        await peer.SendRequestAsync(1, isWhole: true, Request(scheme, authority, "/machine/whoami"), Token);

        Assert.Equal(200, Hpack.ReadStatus((await peer.ReadFrameAsync(Http2FrameType.Headers, Token)).Payload.Span));
    }

    [Fact]
    public async Task Connection_ClosedMidway_IsForgotten()
    {
        await using var server = await TestServer.StartAsync();
        await using (var peer = await ShakeHandsAsync(server))
        {
            await peer.StartHttp2Async(Token);
            await peer.SendRequestAsync(1, isWhole: false, Request("https", "unused", "/machine/map"), Token);
        }

        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Listener_Garbage_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, Token);

        await peer.SendRawAsync("\u0016\u0003\u0001 this is no HTTP\r\n\r\n", Token);

        await peer.ReadToEndAsync(Token);
        await AssertServesAsync(server);
    }

    private static (string, string)[] Request(string scheme, string authority, string path) =>
        [(":method", "GET"), (":scheme", scheme), (":authority", authority), (":path", path)];

    private static async Task<ScriptedPeer> ShakeHandsAsync(TestServer server)
    {
        using var machineKey = X25519PrivateKey.Generate();
        return await ScriptedPeer.ShakeHandsAsync(server.Endpoint, machineKey, await server.GetServerKeyAsync(), Token);
    }

    private static async Task AssertServesAsync(TestServer server)
    {
        var node = await server.JoinAsync("after", await server.CreateUserWithKeyAsync("alice"));
        Assert.True(node.HasNetmap);
    }
}
