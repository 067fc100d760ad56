using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>Our client against our server, over a Unix socket: calls that follow the rules.</summary>
public sealed class RpcCallTests
{
    [Fact]
    public async Task Call_Unary_ReturnsTheResponse()
    {
        await using var harness = await RpcHarness.StartAsync();

        var response = await harness.EchoAsync("héllo");

        Assert.Equal("héllo", response.Text);
        Assert.Empty(harness.Log.Entries);
    }

    [Fact]
    public async Task Call_LargestMessages_PassBothWays()
    {
        await using var harness = await RpcHarness.StartAsync();
        var text = new string('x', MessageFrame.DefaultMaxLength - 5);

        var response = await harness.EchoAsync(text);

        Assert.Equal(text, response.Text);
    }

    [Fact]
    public async Task Call_RequestOneByteOverTheLimit_IsResourceExhausted()
    {
        await using var harness = await RpcHarness.StartAsync();
        var request = new EchoRequest { Text = new string('x', RpcLimits.MaxRequestLength - 4) };
        Assert.Equal(RpcLimits.MaxRequestLength + 1, request.CalculateSize());

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync(request.Text));

        Assert.Equal(RpcStatusCode.ResourceExhausted, exception.Code);
    }

    [Fact]
    public async Task Call_ResponseOverTheLimit_IsResourceExhausted()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnEcho = (_, _, _) => Task.FromResult<RpcResult<EchoResponse>>(
            new EchoResponse { Text = new string('x', MessageFrame.DefaultMaxLength) });

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.ResourceExhausted, exception.Code);
    }

    [Fact]
    public async Task Call_HandlerReturnsAStatus_ArrivesWithTextAndDetails()
    {
        await using var harness = await RpcHarness.StartAsync();
        var detail = Google.Protobuf.WellKnownTypes.Any.Pack(new EchoResponse { Number = 7 });
        harness.OnEcho = (_, call, _) =>
        {
            call.Trailers.Add("hint", "try again");
            return Task.FromResult<RpcResult<EchoResponse>>(RpcStatus.NotFound("50 % of «nobody»") with { Details = [detail] });
        };

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
        Assert.Equal("50 % of «nobody»", exception.Message);
        Assert.Equal(7, Assert.Single(exception.Status.Details).Unpack<EchoResponse>().Number);
        Assert.Equal("try again", exception.Trailers.GetText("hint"));
    }

    [Fact]
    public async Task Call_Metadata_TravelsBothWays()
    {
        await using var harness = await RpcHarness.StartAsync();
        RpcMetadata? seen = null;
        harness.OnEcho = (_, call, _) =>
        {
            seen = call.Metadata;
            call.Headers.Add("early", "1");
            call.Trailers.AddBinary("late-bin", [0, 255]);
            return Task.FromResult<RpcResult<EchoResponse>>(new EchoResponse());
        };
        RpcMetadata? headers = null, trailers = null;
        var metadata = new RpcMetadata();
        metadata.Add("tailnet", "default");
        metadata.AddBinary("blob-bin", [1, 2, 3, 4]);

        await harness.EchoAsync("x", new RpcCallOptions { Metadata = metadata, OnHeaders = h => headers = h, OnTrailers = t => trailers = t });

        Assert.Equal("default", seen!.GetText("tailnet"));
        Assert.Equal([1, 2, 3, 4], seen.GetBinary("blob-bin")!);
        Assert.Equal("1", headers!.GetText("early"));
        Assert.Equal([0, 255], trailers!.GetBinary("late-bin")!);
        Assert.Null(trailers.GetText("grpc-status"));
    }

    [Fact]
    public async Task Call_HandlerThrows_LeaksNothingAndIsLoggedOnce()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnEcho = (_, _, _) => throw new InvalidOperationException("password=hunter2");

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.Internal, exception.Code);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
        var entry = Assert.Single(harness.Log.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Equal("password=hunter2", entry.Exception!.Message);
    }

    [Fact]
    public async Task Call_HandlerFailsLater_IsLoggedOnce()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnEcho = async (_, _, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("secret");
        };

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.Internal, exception.Code);
        Assert.Single(harness.Log.Entries);
    }

    [Fact]
    public async Task Call_GuardRefuses_NeverReachesTheHandler()
    {
        await using var harness = await RpcHarness.StartAsync();
        var reached = false;
        harness.Guard = _ => RpcStatus.PermissionDenied("Not from here.");
        harness.OnEcho = (_, _, _) =>
        {
            reached = true;
            return Task.FromResult<RpcResult<EchoResponse>>(new EchoResponse());
        };

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.EchoAsync("x"));

        Assert.Equal(RpcStatusCode.PermissionDenied, exception.Code);
        Assert.False(reached);
    }

    [Fact]
    public async Task Call_DeadlinePassesOnTheServer_EndsThoughTheHandlerIgnoresIt()
    {
        await using var harness = await RpcHarness.StartAsync();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        harness.OnEcho = async (_, _, _) =>
        {
            entered.SetResult();
            await release.Task;
            return new EchoResponse();
        };

        var call = harness.EchoAsync("x", new RpcCallOptions { Timeout = TimeSpan.FromSeconds(10) });
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(call.IsCompleted);
        harness.ServerTime.Advance(TimeSpan.FromSeconds(10));
        var exception = await Assert.ThrowsAsync<RpcException>(() => call);
        release.SetResult();

        Assert.Equal(RpcStatusCode.DeadlineExceeded, exception.Code);
        Assert.Empty(harness.Log.Entries);
    }

    [Fact]
    public async Task Call_DeadlinePassesOnTheClient_CancelsTheHandler()
    {
        await using var harness = await RpcHarness.StartAsync();
        var entered = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        harness.OnEcho = async (_, _, ct) =>
        {
            await using var registration = ct.Register(() => cancelled.TrySetResult());
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return new EchoResponse();
        };

        var call = harness.EchoAsync("x", new RpcCallOptions { Timeout = TimeSpan.FromSeconds(10) });
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        harness.ClientTime.Advance(TimeSpan.FromSeconds(10));
        var exception = await Assert.ThrowsAsync<RpcException>(() => call);
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RpcStatusCode.DeadlineExceeded, exception.Code);
        Assert.Empty(harness.Log.Entries);
    }

    [Fact]
    public async Task Call_CallerCancels_CancelsTheHandler()
    {
        await using var harness = await RpcHarness.StartAsync();
        var entered = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        harness.OnEcho = async (_, _, ct) =>
        {
            await using var registration = ct.Register(() => cancelled.TrySetResult());
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return new EchoResponse();
        };
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var call = harness.EchoAsync("x", cancellationToken: source.Token);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(harness.Log.Entries);
    }

    [Fact]
    public async Task Call_ManyAtOnce_AllAnswered()
    {
        await using var harness = await RpcHarness.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => harness.EchoAsync($"{i}")));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), answers.Select(a => a.Text));
    }

    [Fact]
    public async Task Call_NobodyListens_IsUnavailableAndNamesTheSocket()
    {
        var path = Path.Combine(Path.GetTempPath(), $"absent-{Guid.NewGuid():N}");
        using var channel = RpcChannel.ForUnixSocket(path, TimeSpan.Zero, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync(
            EchoMethods.Echo, new EchoRequest(), RpcCallOptions.Default, TestContext.Current.CancellationToken));

        Assert.Equal(RpcStatusCode.Unavailable, exception.Code);
        Assert.Equal($"cannot connect to {path}: there is no such socket", exception.Message);
    }
}
