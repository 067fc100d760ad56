using System.Runtime.CompilerServices;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>Server streams, our client against our server.</summary>
public sealed class RpcStreamTests
{
    [Fact]
    public async Task Stream_ManyResponses_ArriveInOrder()
    {
        await using var harness = await RpcHarness.StartAsync();

        var numbers = await harness.CountAsync(2000).Select(r => r.Number).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 2000), numbers);
    }

    [Fact]
    public async Task Stream_NoResponses_EndsWell()
    {
        await using var harness = await RpcHarness.StartAsync();
        RpcMetadata? trailers = null;

        // An empty stream needs its headers before its trailers: a status among the headers would be a failure to some clients.
        var numbers = await harness.CountAsync(0, new RpcCallOptions { OnTrailers = t => trailers = t })
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Empty(numbers);
        Assert.NotNull(trailers);
    }

    [Fact]
    public async Task Stream_StatusAfterMessages_ArrivesBehindThem()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnCount = (_, _, _) => TwoThenFail();
        var seen = new List<int>();

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in harness.CountAsync(0))
            {
                seen.Add(response.Number);
            }
        });

        Assert.Equal([1, 2], seen);
        Assert.Equal(RpcStatusCode.Aborted, exception.Code);
    }

    [Fact]
    public async Task Stream_MessageIsSent_BeforeTheNextIsReady()
    {
        await using var harness = await RpcHarness.StartAsync();
        var release = new TaskCompletionSource();
        harness.OnCount = (_, _, _) => Held(release.Task);
        await using var responses = harness.CountAsync(0).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await responses.MoveNextAsync());
        var next = responses.MoveNextAsync();
        Assert.False(next.IsCompleted);
        release.SetResult();

        Assert.True(await next);
        Assert.Equal(2, responses.Current.Number);
    }

    [Fact]
    public async Task Stream_ReaderLeavesEarly_CancelsTheHandlerAndRunsItsEnd()
    {
        await using var harness = await RpcHarness.StartAsync();
        var ended = new TaskCompletionSource();
        harness.OnCount = (_, _, ct) => Endless(ended, ct);

        await foreach (var response in harness.CountAsync(0))
        {
            if (response.Number == 3)
            {
                break;
            }
        }

        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(harness.Log.Entries);
    }

    [Fact]
    public async Task Stream_DeadlinePasses_EndsThoughTheHandlerIgnoresIt()
    {
        await using var harness = await RpcHarness.StartAsync();
        var release = new TaskCompletionSource();
        harness.OnCount = (_, _, _) => Held(release.Task);
        await using var responses = harness.CountAsync(0, new RpcCallOptions { Timeout = TimeSpan.FromMinutes(1) })
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await responses.MoveNextAsync());

        var next = responses.MoveNextAsync().AsTask();
        harness.ServerTime.Advance(TimeSpan.FromMinutes(1));
        var exception = await Assert.ThrowsAsync<RpcException>(() => next);
        release.SetResult();

        Assert.Equal(RpcStatusCode.DeadlineExceeded, exception.Code);
        Assert.Equal("The call's deadline has passed.", exception.Message);
    }

    [Fact]
    public async Task Stream_ServerStops_EndsInUnavailable()
    {
        await using var harness = await RpcHarness.StartAsync();
        harness.OnCount = (_, _, ct) => Endless(new TaskCompletionSource(), ct);
        await using var responses = harness.CountAsync(0).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await responses.MoveNextAsync());

        harness.BeginStop();
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await responses.MoveNextAsync())
            {
            }
        });

        Assert.Equal(RpcStatusCode.Unavailable, exception.Code);
    }

    private static async IAsyncEnumerable<RpcResult<EchoResponse>> TwoThenFail()
    {
        yield return new EchoResponse { Number = 1 };
        await Task.Yield();
        yield return new EchoResponse { Number = 2 };
        yield return new RpcStatus(RpcStatusCode.Aborted, "That was all.");
    }

    private static async IAsyncEnumerable<RpcResult<EchoResponse>> Held(Task release)
    {
        yield return new EchoResponse { Number = 1 };
        await release;
        yield return new EchoResponse { Number = 2 };
    }

    private static async IAsyncEnumerable<RpcResult<EchoResponse>> Endless(
        TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return new EchoResponse { Number = i };
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ended.SetResult();
        }
    }
}
