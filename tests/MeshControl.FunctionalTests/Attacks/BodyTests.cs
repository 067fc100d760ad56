using System.Net;
using MeshControl.Testing.Peers;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Bodies that are far too long, and bodies that never end.</summary>
[Collection(AttackCollection.Name)]
public sealed class BodyTests
{
    private const int Megabyte = 1024 * 1024;
    private const int BodyLength = 100 * Megabyte;

    // What the server takes.
    private const int MaxBodyLength = Megabyte;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    [InlineData("/machine/update-health")]
    [InlineData("/machine/set-dns")]
    [InlineData("/machine/nothing")]
    public async Task Channel_HundredMegabytes_AreRefusedOrCutOffAndTheOthersServed(string path)
    {
        await using var attacked = await AttackedServer.StartAsync();
        var stranger = attacked.Server.NewNode("stranger", authKey: null);
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        foreach (var saysLength in new[] { true, false })
        {
            var channel = await stranger.Client.GetChannelAsync(Token);
            using var body = new EndlessContent(BodyLength, saysLength);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://127.0.0.1:{attacked.Server.Url.Port}{path}")) { Content = body };
            var sending = channel.SendAsync(request, Token);

            await attacked.AssertServesAsync();
            try
            {
                using var response = await sending;
                Assert.InRange((int)response.StatusCode, 400, 599);
            }
            catch (HttpRequestException)
            {
                // The answer came while the client was still sending.
            }

            // What is taken is one body and what fits into buffers on the way.
            Assert.InRange(body.Sent, 0, 8 * Megabyte);
        }

        memory.AssertFlat();
        await attacked.AssertServesAsync();
    }

    [Theory]
    [InlineData("POST /ts2021", true)]
    [InlineData("POST /ts2021", false)]
    [InlineData("GET /key?v=138", true)]
    [InlineData("GET /key?v=138", false)]
    [InlineData("POST /meshcontrol.admin.v1.NodeService/ListNodes", true)]
    [InlineData("POST /nothing", false)]
    public async Task Public_HundredMegabytes_AreNotTaken(string request, bool saysLength)
    {
        await using var attacked = await AttackedServer.StartAsync();
        attacked.Server.ExpectLog(4000);
        await using var peer = await ScriptedPeer.ConnectAsync(attacked.Server.Endpoint, Token);
        var memory = new MemoryProbe();
        await peer.SendRawAsync(
            $"{request} HTTP/1.1\r\nHost: x\r\n{(saysLength ? $"Content-Length: {BodyLength}" : "Transfer-Encoding: chunked")}\r\n\r\n", Token);

        var sent = 0;
        var chunk = new byte[64 * 1024];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reading = peer.ReadToEndAsync(enough.Token);
        try
        {
            for (; sent < BodyLength && !reading.IsCompleted; sent += chunk.Length)
            {
                if (!saysLength)
                {
                    await peer.SendRawAsync($"{chunk.Length:x}\r\n", Token);
                }

                await peer.SendRawAsync(chunk, Token);
                if (!saysLength)
                {
                    await peer.SendRawAsync("\r\n", Token);
                }
            }
        }
        catch (IOException)
        {
            // The server has closed the connection.
        }

        await attacked.AssertServesAsync();
        memory.AssertFlat();
        Assert.InRange(sent, 0, 16 * Megabyte);
        await enough.CancelAsync();
    }

    [Fact]
    public async Task Admin_HundredMegabytes_AreCutOffAtTheLimitOfACall()
    {
        await using var attacked = await AttackedServer.StartAsync();
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        await using var peer = await ScriptedPeer.ConnectUnixAsync(attacked.UnixSocket, Token);
        await peer.StartHttp2Async(Token);
        await peer.SendRequestAsync(
            1,
            isWhole: false,
            [
                (":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", "/meshcontrol.admin.v1.NodeService/ListNodes"),
                ("content-type", "application/grpc"), ("te", "trailers"),
            ],
            Token);

        // The prefix of a message says how long it is, so it is refused before any of it is there.
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, 0, 1, new byte[] { 0, 0x06, 0x40, 0, 0 }), Token);
        await peer.ReadFrameAsync(Http2FrameType.Headers, Token);

        memory.AssertFlat();
        await attacked.AssertServesAsync();
    }

    [Theory]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    [InlineData("/machine/update-health")]
    public async Task Channel_BodyThatNeverEnds_IsGivenUpInTimeAndTheChannelStays(string path)
    {
        var time = new ManualTimeProvider();
        await using var attacked = await AttackedServer.StartAsync(time: time);
        await using var peer = await attacked.ShakeHandsAsync();
        await peer.StartHttp2Async(Token);
        await peer.SendRequestAsync(1, isWhole: false, Head("POST", path), Token);
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Data, 0, 1, "{"u8.ToArray()), Token);
        await peer.SendRequestAsync(3, isWhole: true, Head("GET", "/machine/whoami"), Token);
        var first = await peer.ReadFrameAsync(Http2FrameType.Headers, Token);
        Assert.Equal(3, first.Stream);

        // Its time begins when the server comes to it, which is not known here.
        var answer = peer.ReadFrameAsync(Http2FrameType.Headers, Token);
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token));
        }

        Assert.Equal(408, Status((await answer).Payload.Span));
        await peer.SendRequestAsync(5, isWhole: true, Head("GET", "/machine/whoami"), Token);
        Assert.Equal(5, (await peer.ReadFrameAsync(Http2FrameType.Headers, Token)).Stream);
        await attacked.AssertServesAsync();
    }

    [Theory]
    [Trait("Acceptance", "TestNoiseBodyLimit_MapEndpoint")]
    [Trait("Acceptance", "TestNoiseBodyLimit_RegisterEndpoint")]
    [Trait("Acceptance", "TestNoiseBodyLimit_AtExactLimit")]
    [Trait("Acceptance", "TestPollNetMapHandler_OversizedBody")]
    [Trait("Acceptance", "TestRegistrationHandler_OversizedBody")]
    [InlineData("/machine/register")]
    [InlineData("/machine/map")]
    public async Task Channel_BodyOfExactlyTheLimit_IsReadAndOneByteMoreIsRefused(string path)
    {
        await using var attacked = await AttackedServer.StartAsync();
        var node = attacked.Resident;

        using var normal = await node.Client.SendAsync(HttpMethod.Post, path, "{\"Version\":1}"u8.ToArray(), Token);
        using var exact = await node.Client.SendAsync(HttpMethod.Post, path, Padded(MaxBodyLength), Token);
        using var longer = await node.Client.SendAsync(HttpMethod.Post, path, Padded(MaxBodyLength + 1), Token);

        // Both are understood as far as to say that such a client is too old.
        Assert.Equal(normal.StatusCode, exact.StatusCode);
        Assert.Equal(await normal.Content.ReadAsStringAsync(Token), await exact.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, longer.StatusCode);
        Assert.Contains($"longer than {MaxBodyLength} bytes", await longer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static byte[] Padded(int length)
    {
        var body = new byte[length];
        body.AsSpan().Fill((byte)' ');
        "{\"Version\":1}"u8.CopyTo(body);
        return body;
    }

    private static (string Name, string Value)[] Head(string method, string path) =>
        [(":method", method), (":scheme", "https"), (":authority", "unused"), (":path", path)];

    // This status has no entry of its own in the static table, but its name has.
    private static int Status(ReadOnlySpan<byte> fields) => Hpack.ReadStatus(fields);

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class EndlessContent(int length, bool saysLength) : HttpContent
    {
        private static readonly byte[] Piece = Spaces();

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (; Sent < length; Sent += Piece.Length)
            {
                await stream.WriteAsync(Piece);
            }
        }

        protected override bool TryComputeLength(out long announced)
        {
            announced = length;
            return saysLength;
        }

        private static byte[] Spaces()
        {
            var spaces = new byte[16 * 1024];
            spaces.AsSpan().Fill((byte)' ');
            return spaces;
        }
    }
}
