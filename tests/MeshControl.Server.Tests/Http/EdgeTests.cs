using System.Net;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Server.Machine;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Testing.Nodes;

namespace MeshControl.Server.Tests.Http;

/// <summary>Where requests become too long or odd, over real connections.</summary>
public sealed class EdgeTests : IAsyncLifetime
{
    private readonly ServerBench _bench = new();
    private readonly X25519PrivateKey _machine = X25519PrivateKey.Generate();
    private ControlClient? _client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ControlClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        await _bench.StartAsync();
        _client = new ControlClient(_bench.Endpoint, _machine, new NodeTraffic());
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _bench.DisposeAsync();
        _machine.Dispose();
        Assert.Empty(_bench.Log.Entries);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/favicon.ico")]
    [InlineData("/a/b.c/d.html")]
    [InlineData("/key/")]
    [InlineData("/ts2021/x.y")]
    public async Task Get_NothingServesIt_Is404WithASentence(string path)
    {
        var (status, body) = await _bench.GetAsync(path);

        // A slash at the end makes no difference to routes.
        Assert.Equal(path == "/key/" ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound, status);
        Assert.EndsWith("\n", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_AsLongAsAllowed_IsRead(bool saysLength)
    {
        using var answer = await PostAsync(RequestBodies.MaxLength, saysLength);

        // It is no JSON, but that was found out by reading it.
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("bad request: ", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OneByteLonger_Is413WithASentence(bool saysLength)
    {
        using var answer = await PostAsync(RequestBodies.MaxLength + 1, saysLength);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("longer than", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await AssertStillServesAsync();
    }

    [Fact]
    public async Task Body_MuchLonger_Is413OrCutOffAndTheChannelStays()
    {
        try
        {
            using var answer = await PostAsync(20 * RequestBodies.MaxLength, saysLength: false);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The answer came while the client was still sending.
        }

        await AssertStillServesAsync();
    }

    [Fact]
    public async Task Body_InPiecesWithPauses_IsRead()
    {
        using var request = NewRequest(new PausingContent("{\"Version\":", "1}"));
        var channel = await Client.GetChannelAsync(Token);

        using var answer = await channel.SendAsync(request, Token);

        // Too old, and told so in an answer: the body was understood.
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Error", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_GivenUpHalfWay_IsNoErrorOfTheServer()
    {
        var channel = await Client.GetChannelAsync(Token);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var request = NewRequest(new BreakingContent());
            await Assert.ThrowsAnyAsync<Exception>(() => channel.SendAsync(request, Token));
            await AssertStillServesAsync();
        }
    }

    [Theory]
    [InlineData("GET", "/machine/tka/init/begin", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/machine/set-device-attr", HttpStatusCode.NotImplemented)]
    [InlineData("POST", "/machine/feature/query", HttpStatusCode.NotImplemented)]
    [InlineData("PUT", "/machine/map", HttpStatusCode.NotFound)]
    [InlineData("POST", "/machine/map/", HttpStatusCode.NotFound)]
    [InlineData("POST", "/machine/map%0Afaked", HttpStatusCode.NotFound)]
    public async Task Request_NotOffered_HasAStatusAndOneLine(string method, string path, HttpStatusCode status)
    {
        using var answer = await Client.SendAsync(new HttpMethod(method), path, body: null, Token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("\n", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private HttpRequestMessage NewRequest(HttpContent content) =>
        new(HttpMethod.Post, $"https://127.0.0.1:{_bench.Url.Port}/machine/register") { Content = content };

    private async Task<HttpResponseMessage> PostAsync(int length, bool saysLength)
    {
        var body = new byte[length];
        body.AsSpan().Fill((byte)'x');
        using var request = NewRequest(saysLength ? new ByteArrayContent(body) : new PausingContent(Encoding.ASCII.GetString(body)));
        var channel = await Client.GetChannelAsync(Token);
        return await channel.SendAsync(request, Token);
    }

    private async Task AssertStillServesAsync()
    {
        var channel = Client.Channel;
        using var answer = await Client.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Same(channel, Client.Channel);
    }

    /// <summary>A body that does not say its length, each piece of which is sent on its own.</summary>
    private sealed class PausingContent(params string[] pieces) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in pieces)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(piece));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A body that its sender gives up.</summary>
    private sealed class BreakingContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"Version\":"u8.ToArray());
            await stream.FlushAsync();
            throw new InvalidOperationException("The sender has changed its mind.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
