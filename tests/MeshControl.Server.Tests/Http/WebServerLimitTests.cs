using System.Buffers.Binary;
using System.Net;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Server.Machine;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Testing.Peers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Tests.Http;

/// <summary>The limit and one beyond it, of everything that the web server counts.</summary>
public sealed class WebServerLimitTests : IAsyncLifetime
{
    private const int FrameSizeError = 6;

    // Of HTTP/2 (RFC 9113, section 6.5.2).
    private const int SettingLength = 6;
    private const int FirstWindow = 65_535;
    private const ushort HeaderTableSize = 1;
    private const ushort MaxConcurrentStreams = 3;
    private const ushort InitialWindowSize = 4;
    private const ushort MaxFrameSize = 5;
    private const ushort MaxHeaderListSize = 6;

    private readonly ServerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _bench.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        Assert.Empty(_bench.Log.Entries);
    }

    [Fact]
    public async Task RequestLine_OneByteTooLong_Is414()
    {
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(Line(KestrelLimits.MaxRequestLineLength), []));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await AskAsync(Line(KestrelLimits.MaxRequestLineLength + 1), []));

        static string Line(int length)
        {
            const string Start = "GET /";
            const string End = " HTTP/1.1\r\n";
            return Start + new string('a', length - Start.Length - End.Length) + End;
        }
    }

    [Fact]
    public async Task Headers_OneTooMany_Is431()
    {
        // Host is one of them.
        Assert.Equal(HttpStatusCode.OK, await AskAsync("GET /version HTTP/1.1\r\n", Headers(KestrelLimits.MaxHeaders - 1, 1)));
        Assert.Equal(
            HttpStatusCode.RequestHeaderFieldsTooLarge, await AskAsync("GET /version HTTP/1.1\r\n", Headers(KestrelLimits.MaxHeaders, 1)));
    }

    [Fact]
    public async Task Headers_TooLongTogether_Is431()
    {
        const int Half = KestrelLimits.MaxHeadersLength / 2;
        Assert.Equal(HttpStatusCode.OK, await AskAsync("GET /version HTTP/1.1\r\n", Headers(1, Half)));
        Assert.Equal(
            HttpStatusCode.RequestHeaderFieldsTooLarge, await AskAsync("GET /version HTTP/1.1\r\n", Headers(2, Half)));
    }

    [Fact]
    public async Task Channel_FrameOneByteTooLong_EndsIt()
    {
        await using var peer = await ShakeHandsAsync();
        await OpenBodyAsync(peer, 1);
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, 0, 1, new byte[KestrelLimits.MaxFrameLength]), Token);
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Ping, 0, 0, new byte[8]), Token);
        await peer.ReadFrameAsync(Http2FrameType.Ping, Token);

        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, 0, 1, new byte[KestrelLimits.MaxFrameLength + 1]), Token);

        Assert.Equal(FrameSizeError, await ReadErrorAsync(peer));
    }

    // What is announced the web server also enforces, and the client of a window that is full just waits.
    [Fact]
    public async Task Channel_Settings_AnnounceTheLimits()
    {
        using var machine = X25519PrivateKey.Generate();
        await using var peer = await ScriptedPeer.ShakeHandsAsync(_bench.Endpoint, machine, await _bench.GetServerKeyAsync(), Token);
        await peer.StartHttp2Async(Token);

        var settings = (await peer.ReadFrameAsync(Http2FrameType.Settings, Token)).Payload;
        var window = (await peer.ReadFrameAsync(Http2FrameType.WindowUpdate, Token)).Payload;

        var announced = Enumerable.Range(0, settings.Length / SettingLength).ToDictionary(
            number => BinaryPrimitives.ReadUInt16BigEndian(settings.Span[(number * SettingLength)..]),
            number => BinaryPrimitives.ReadInt32BigEndian(settings.Span[((number * SettingLength) + sizeof(ushort))..]));
        Assert.Equal(KestrelLimits.MaxStreamsPerConnection, announced[MaxConcurrentStreams]);
        Assert.Equal(KestrelLimits.StreamWindow, announced[InitialWindowSize]);
        Assert.Equal(KestrelLimits.MaxHeadersLength, announced[MaxHeaderListSize]);

        // Where nothing is said the protocol's own value holds.
        Assert.Equal(KestrelLimits.HeaderTableLength, announced.GetValueOrDefault(HeaderTableSize, 4096));
        Assert.Equal(KestrelLimits.MaxFrameLength, announced.GetValueOrDefault(MaxFrameSize, 16 * 1024));
        Assert.Equal(KestrelLimits.ConnectionWindow, FirstWindow + BinaryPrimitives.ReadInt32BigEndian(window.Span));
    }

    [Fact]
    public void Apply_EveryLimitOfTheWebServer_IsOurs()
    {
        var kestrel = new KestrelServerOptions();
        var options = new LimitOptions();

        KestrelLimits.Apply(kestrel, options);

        var limits = kestrel.Limits;
        Assert.Equal(RequestBodies.MaxLength, limits.MaxRequestBodySize);
        Assert.Equal(options.HandshakeTimeout, limits.RequestHeadersTimeout);
        Assert.Equal(KestrelLimits.IdleTimeout, limits.KeepAliveTimeout);
        Assert.Equal(KestrelLimits.MaxRequestBuffer, limits.MaxRequestBufferSize);
        Assert.Equal(KestrelLimits.MaxResponseBuffer, limits.MaxResponseBufferSize);
        Assert.True(limits.MinRequestBodyDataRate!.GracePeriod > options.RequestTimeout);
        Assert.Equal(KestrelLimits.MinBodyRate, limits.MinResponseDataRate!.BytesPerSecond);
        Assert.True(limits.MinResponseDataRate.GracePeriod > options.RequestTimeout);
        Assert.Null(limits.MaxConcurrentConnections);
        Assert.Null(limits.MaxConcurrentUpgradedConnections);
        Assert.Equal(KestrelLimits.MaxHeadersLength, limits.Http2.MaxRequestHeaderFieldSize);
        Assert.Equal(KestrelLimits.HeaderTableLength, limits.Http2.HeaderTableSize);
        Assert.Equal(KestrelLimits.MaxStreamsPerConnection, limits.Http2.MaxStreamsPerConnection);
    }

    private static string[] Headers(int count, int length) => [.. Enumerable.Range(0, count).Select(number => $"X-{number}: {new string('a', length)}")];

    private static ValueTask OpenBodyAsync(ScriptedPeer peer, int stream, string path = "/machine/register") => peer.SendRequestAsync(
        stream, isWhole: false, [(":method", "POST"), (":scheme", "https"), (":authority", "unused"), (":path", path)], Token);

    private static async Task<int> ReadErrorAsync(ScriptedPeer peer) =>
        BinaryPrimitives.ReadInt32BigEndian((await peer.ReadFrameAsync(Http2FrameType.GoAway, Token)).Payload.Span[4..]);

    private async Task<HttpStatusCode> AskAsync(string line, string[] headers)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(_bench.Endpoint, Token);
        var request = new StringBuilder(line).Append("Host: x\r\n");
        foreach (var header in headers)
        {
            request.Append(header).Append("\r\n");
        }

        await peer.SendRawAsync(request.Append("\r\n").ToString(), Token);
        return (await peer.ReadResponseAsync(Token)).Status;
    }

    private async Task<ScriptedPeer> ShakeHandsAsync()
    {
        using var machine = X25519PrivateKey.Generate();
        var peer = await ScriptedPeer.ShakeHandsAsync(_bench.Endpoint, machine, await _bench.GetServerKeyAsync(), Token);
        await peer.StartHttp2Async(Token);
        return peer;
    }
}
