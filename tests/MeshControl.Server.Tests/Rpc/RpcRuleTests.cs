using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>The server against callers that break the rules: raw HTTP requests.</summary>
public sealed class RpcRuleTests
{
    private const string EchoPath = "/meshcontrol.tests.EchoService/Echo";

    [Theory]
    [InlineData("application/grpc", null)]
    [InlineData("application/grpc+proto", null)]
    [InlineData("application/grpc;charset=utf-8", null)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task Request_ContentType_IsChecked(string? contentType, HttpStatusCode? refused)
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, EchoPath, Frame(new EchoRequest { Text = "x" }), contentType);

        Assert.Equal(refused ?? HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(refused is null ? "0" : null, Status(response));
    }

    [Fact]
    public async Task Request_Http1_IsUpgradeRequired()
    {
        await using var harness = await RpcHarness.StartAsync();
        using var client = new HttpClient();
        using var content = new ByteArrayContent(Frame(new EchoRequest()));
        content.Headers.ContentType = new MediaTypeHeaderValue(RpcHeaders.ContentType);

        using var response = await client.PostAsync(new Uri(harness.Http1Address, EchoPath), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task Request_UnknownMethod_IsUnimplementedAmongTheHeaders()
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, "/meshcontrol.tests.EchoService/Nothing", Frame(new EchoRequest()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Response_Success_HasItsStatusAmongTheTrailersOnly()
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, EchoPath, Frame(new EchoRequest { Text = "x" }));

        Assert.False(response.Headers.Contains("grpc-status"));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.False(response.TrailingHeaders.Contains("grpc-message"));
        Assert.Equal("identity", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 }, "12")] // compressed
    [InlineData(new byte[] { 2, 0, 0, 0, 1, 0 }, "13")] // no such flag
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 0xff }, "13")] // not a message
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 0 }, "13")] // truncated message
    [InlineData(new byte[] { 0, 0, 0 }, "13")] // truncated prefix
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff }, "8")] // 4 GiB announced: refused before it is waited for
    [InlineData(new byte[] { 0, 0, 0x40, 0, 1 }, "8")] // one byte more than RpcLimits.MaxRequestLength announced
    [InlineData(new byte[] { 0, 0, 0x40, 0, 0 }, "13")] // just as many, and then nothing
    [InlineData(new byte[0], "12")] // no message
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "12")] // two messages
    public async Task Request_BadBody_EndsInTheRightStatus(byte[] body, string status)
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, EchoPath, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(status, Status(response));
        Assert.Empty(harness.Log.Entries);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("123456789S")]
    [InlineData("1x")]
    [InlineData("-1S")]
    public async Task Request_MalformedTimeout_IsInternal(string timeout)
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, EchoPath, Frame(new EchoRequest()), timeout: timeout);

        Assert.Equal("13", Status(response));
    }

    [Fact]
    public async Task Request_LongestTimeout_IsAccepted()
    {
        await using var harness = await RpcHarness.StartAsync();

        using var response = await SendAsync(harness, EchoPath, Frame(new EchoRequest()), timeout: "99999999H");

        Assert.Equal("0", Status(response));
    }

    [Fact]
    public async Task Response_LongStatusText_IsCut()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnEcho = (_, _, _) =>
            Task.FromResult<MeshControl.Server.Rpc.RpcResult<EchoResponse>>(RpcStatus.NotFound(new string('ä', 100_000)));

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
        Assert.Equal(StatusTrailers.MaxMessageLength, exception.Message.Length);
        Assert.EndsWith("ä…", exception.Message, StringComparison.Ordinal);
    }

    private static byte[] Frame(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MessageFrame.Write(buffer, message);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The response with its whole body, so that the trailers are there.</summary>
    private static async Task<HttpResponseMessage> SendAsync(
        RpcHarness harness, string path, byte[] body, string? contentType = RpcHeaders.ContentType, string? timeout = null)
    {
        using var client = new HttpClient(UnixSocketHandler.Create(harness.Socket, TimeSpan.Zero, TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost" + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (timeout is not null)
        {
            request.Headers.Add(RpcHeaders.Timeout, timeout);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? Status(HttpResponseMessage response) =>
        response.Headers.TryGetValues(RpcHeaders.Status, out var early) ? early.Single()
        : response.TrailingHeaders.TryGetValues(RpcHeaders.Status, out var late) ? late.Single()
        : null;
}
