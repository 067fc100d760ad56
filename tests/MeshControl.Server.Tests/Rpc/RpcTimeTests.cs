using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>No call outlives the server's own limit, whatever its caller asks for.</summary>
public sealed class RpcTimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_WithoutADeadlineOrWithALongerOne_EndsAtTheLimit(bool names)
    {
        await using var harness = await RpcHarness.StartAsync();
        var entered = new TaskCompletionSource();
        harness.OnEcho = async (_, _, ct) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
            return new EchoResponse();
        };

        var call = harness.EchoAsync("x", new RpcCallOptions { Timeout = names ? RpcLimits.MaxUnaryTime * 2 : null });
        await entered.Task.WaitAsync(Cancellation);
        harness.ServerTime.Advance(RpcLimits.MaxUnaryTime - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        harness.ServerTime.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(RpcStatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
    }

    [Fact]
    public async Task Stream_EndsAtItsOwnLimit()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnCount = (_, _, ct) => OneAndThenNothing(ct);
        await using var stream = harness.CountAsync(1).GetAsyncEnumerator(Cancellation);
        Assert.True(await stream.MoveNextAsync());

        var next = stream.MoveNextAsync().AsTask();
        harness.ServerTime.Advance(RpcLimits.MaxStreamTime - TimeSpan.FromTicks(1));
        Assert.False(next.IsCompleted);
        harness.ServerTime.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(RpcStatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => next)).Code);
    }

    private static async IAsyncEnumerable<RpcResult<EchoResponse>> OneAndThenNothing(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new EchoResponse();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
