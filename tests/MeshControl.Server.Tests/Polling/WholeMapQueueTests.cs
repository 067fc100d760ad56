using MeshControl.Server.Polling;

namespace MeshControl.Server.Tests.Polling;

public sealed class WholeMapQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OneMoreThanAtOnce_WaitsForItsTurn()
    {
        using var queue = new WholeMapQueue(WholeMapQueue.MaxAtOnce);
        using var gate = new ManualResetEventSlim();
        using var started = new CountdownEvent(WholeMapQueue.MaxAtOnce);
        var first = Enumerable.Range(0, WholeMapQueue.MaxAtOnce).Select(_ => Task.Run(
            () => queue.RunAsync(
                () =>
                {
                    started.Signal();
                    gate.Wait(Token);
                    return true;
                },
                Token),
            Token)).ToArray();
        Assert.True(await Task.Run(() => started.Wait(TimeSpan.FromMinutes(1), Token), Token));

        var oneMore = queue.RunAsync(() => true, Token);

        Assert.False(oneMore.IsCompleted);
        gate.Set();
        Assert.True(await oneMore);
        await Task.WhenAll(first);
    }

    [Fact]
    public async Task Run_ClientLeavesWhileItWaits_TakesNoTurn()
    {
        using var queue = new WholeMapQueue(atOnce: 1);
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var first = Task.Run(
            () => queue.RunAsync(
                () =>
                {
                    started.Set();
                    gate.Wait(Token);
                    return 1;
                },
                Token),
            Token);
        Assert.True(await Task.Run(() => started.Wait(TimeSpan.FromMinutes(1), Token), Token));
        using var left = new CancellationTokenSource();
        var second = queue.RunAsync(() => 2, left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Set();
        Assert.Equal(1, await first);
        Assert.Equal(3, await queue.RunAsync(() => 3, Token));
    }
}
