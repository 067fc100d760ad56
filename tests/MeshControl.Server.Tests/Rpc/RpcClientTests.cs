using MeshControl.Admin.Grpc;
using MeshControl.Server.Tests.Rpc.Contract;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>The client against servers and proxies that break the rules.</summary>
public sealed class RpcClientTests
{
    [Fact]
    public async Task Request_HasWhatServersDemand()
    {
        await using var harness = await RpcHarness.StartAsync();
        IHeaderDictionary? headers = null;
        harness.OnForeign = http =>
        {
            headers = http.Request.Headers;
            return AnswerAsync(http, new EchoResponse(), "0");
        };

        await harness.CallForeignAsync();

        Assert.Equal("trailers", headers!["te"]);
        Assert.Equal("application/grpc", headers["content-type"]);
        Assert.False(headers.ContainsKey("grpc-timeout"));
    }

    [Theory]
    [InlineData(400, RpcStatusCode.Internal)]
    [InlineData(401, RpcStatusCode.Unauthenticated)]
    [InlineData(403, RpcStatusCode.PermissionDenied)]
    [InlineData(404, RpcStatusCode.Unimplemented)]
    [InlineData(429, RpcStatusCode.Unavailable)]
    [InlineData(500, RpcStatusCode.Unknown)]
    [InlineData(502, RpcStatusCode.Unavailable)]
    [InlineData(503, RpcStatusCode.Unavailable)]
    [InlineData(504, RpcStatusCode.Unavailable)]
    [InlineData(418, RpcStatusCode.Unknown)]
    public async Task Response_HttpError_IsMapped(int http, RpcStatusCode expected)
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(expected, exception.Code);
    }

    [Fact]
    public async Task Response_WithoutStatus_IsUnknown()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http => AnswerAsync(http, new EchoResponse(), null);

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unknown, exception.Code);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("-1")]
    [InlineData("no")]
    public async Task Response_StrangeStatus_IsUnknown(string status)
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http => AnswerAsync(http, new EchoResponse(), status);

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unknown, exception.Code);
    }

    [Fact]
    public async Task Response_OtherContentType_IsUnknown()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<html>");
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unknown, exception.Code);
    }

    [Fact]
    public async Task Response_TwoMessagesToAUnaryCall_IsUnimplemented()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = async http =>
        {
            http.Response.ContentType = RpcHeaders.ContentType;
            MessageFrame.Write(http.Response.BodyWriter, new EchoResponse());
            await AnswerAsync(http, new EchoResponse(), "0");
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unimplemented, exception.Code);
    }

    [Fact]
    public async Task Response_OkWithoutAMessage_IsUnimplemented()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http => AnswerAsync(http, null, "0");

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unimplemented, exception.Code);
    }

    [Fact]
    public async Task Response_OkAmongTheHeaders_IsUnimplementedForAUnaryCall()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http =>
        {
            http.Response.ContentType = RpcHeaders.ContentType;
            http.Response.Headers[RpcHeaders.Status] = "0";
            return Task.CompletedTask;
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.Unimplemented, exception.Code);
    }

    [Fact]
    public async Task Response_UnreadableDetails_DoNotHideTheStatus()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http =>
        {
            http.Response.ContentType = RpcHeaders.ContentType;
            http.Response.Headers["grpc-status"] = "5";
            http.Response.Headers["grpc-message"] = "100%25 gone %zz";
            http.Response.Headers["grpc-status-details-bin"] = "/////w";
            return Task.CompletedTask;
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
        Assert.Equal("100% gone %zz", exception.Message);
        Assert.Empty(exception.Status.Details);
    }

    [Theory]
    [InlineData(7, RpcStatusCode.Unavailable)]
    [InlineData(8, RpcStatusCode.Cancelled)]
    [InlineData(11, RpcStatusCode.ResourceExhausted)]
    [InlineData(2, RpcStatusCode.Internal)]
    public async Task Response_StreamIsReset_IsMapped(int http2ErrorCode, RpcStatusCode expected)
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnForeign = http =>
        {
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(http2ErrorCode);
            return Task.CompletedTask;
        };

        var exception = await Assert.ThrowsAsync<RpcException>(harness.CallForeignAsync);

        Assert.Equal(expected, exception.Code);
    }

    [Fact]
    public async Task Connect_SocketAppearsLater_IsRetriedUntilThen()
    {
        await using var harness = await RpcHarness.StartAsync();
        var link = harness.Socket + "2";
        var time = new MeshControl.Testing.Time.ManualTimeProvider();
        using var channel = RpcChannel.ForUnixSocket(link, TimeSpan.FromSeconds(5), time);

        var call = channel.CallAsync(
            EchoMethods.Echo, new EchoRequest { Text = "late" }, RpcCallOptions.Default, TestContext.Current.CancellationToken);
        await WaitForPendingTimerAsync(time);
        File.CreateSymbolicLink(link, harness.Socket);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("late", (await call).Text);
    }

    [Fact]
    public async Task Connect_SocketNeverAppears_GivesUpWhenPatienceEnds()
    {
        var time = new MeshControl.Testing.Time.ManualTimeProvider();
        using var channel = RpcChannel.ForUnixSocket("/nonexistent/socket", TimeSpan.FromSeconds(5), time);

        var call = channel.CallAsync(
            EchoMethods.Echo, new EchoRequest(), RpcCallOptions.Default, TestContext.Current.CancellationToken);
        while (!call.IsCompleted)
        {
            await Task.Yield();
            if (time.PendingTimers > 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(50));
            }
        }

        var exception = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(RpcStatusCode.Unavailable, exception.Code);
        var waited = time.GetUtcNow() - new MeshControl.Testing.Time.ManualTimeProvider().GetUtcNow();
        Assert.InRange(waited, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
    }

    private static async Task WaitForPendingTimerAsync(MeshControl.Testing.Time.ManualTimeProvider time)
    {
        while (time.PendingTimers == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task AnswerAsync(HttpContext http, EchoResponse? response, string? status)
    {
        http.Response.ContentType = RpcHeaders.ContentType;
        if (response is not null)
        {
            MessageFrame.Write(http.Response.BodyWriter, response);
        }

        await http.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        if (status is not null)
        {
            http.Response.AppendTrailer(RpcHeaders.Status, status);
        }
    }
}
