using MeshControl.Server.Noise;

namespace MeshControl.Server.Tests.Noise;

public sealed class HandshakeQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OneMoreThanAtOnce_WaitsForItsTurn()
    {
        using var queue = new HandshakeQueue(HandshakeQueue.MaxAtOnce);
        using var gate = new ManualResetEventSlim();
        using var started = new CountdownEvent(HandshakeQueue.MaxAtOnce);
        var first = Enumerable.Range(0, HandshakeQueue.MaxAtOnce).Select(_ => Task.Run(
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
    public async Task Run_PeerLeavesWhileItWaits_TakesNoTurn()
    {
        using var queue = new HandshakeQueue(atOnce: 1);
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
