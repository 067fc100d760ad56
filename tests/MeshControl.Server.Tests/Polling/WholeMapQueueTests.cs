using MeshControl.Server.Noise;
using MeshControl.Server.Polling;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Polling;

public sealed class WholeMapQueueTests : IDisposable
{
    private readonly HandshakeQueue _handshakes = new(atOnce: 1);
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _handshakes.Dispose();

    [Fact]
    public async Task Run_OneMoreThanAtOnce_WaitsForItsTurn()
    {
        using var queue = new WholeMapQueue(WholeMapQueue.MaxAtOnce, _handshakes, _time);
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
        using var queue = new WholeMapQueue(atOnce: 1, _handshakes, _time);
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

    [Fact]
    public async Task Run_HandshakeIsComputed_WaitsUntilItIsDone()
    {
        using var queue = new WholeMapQueue(atOnce: 1, _handshakes, _time);
        using var gate = new ManualResetEventSlim();
        var handshake = await BeginHandshakeAsync(gate);
        var isDone = false;

        var map = queue.RunAsync(() => Volatile.Read(ref isDone), Token);
        _time.Advance(WholeMapQueue.HandshakeLimit - TimeSpan.FromMilliseconds(1));
        Assert.False(map.IsCompleted);
        Volatile.Write(ref isDone, true);
        gate.Set();

        Assert.True(await map);
        await handshake;
    }

    [Fact]
    public async Task Run_HandshakesNeverEnd_GoesOnAfterTheLimit()
    {
        using var queue = new WholeMapQueue(atOnce: 1, _handshakes, _time);
        using var gate = new ManualResetEventSlim();
        var handshake = await BeginHandshakeAsync(gate);
        var next = _handshakes.RunAsync(() => true, Token);

        var map = queue.RunAsync(() => handshake.IsCompleted, Token);
        _time.Advance(WholeMapQueue.HandshakeLimit);

        Assert.False(await map);
        gate.Set();
        Assert.True(await handshake);
        Assert.True(await next);
    }

    [Fact]
    public async Task Run_ClientLeavesWhileHandshakesGoFirst_TakesNoTurn()
    {
        using var queue = new WholeMapQueue(atOnce: 1, _handshakes, _time);
        using var gate = new ManualResetEventSlim();
        var handshake = await BeginHandshakeAsync(gate);
        using var left = new CancellationTokenSource();
        var map = queue.RunAsync(() => 1, left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map);
        gate.Set();
        await handshake;
        Assert.Equal(2, await queue.RunAsync(() => 2, Token));
    }

    /// <summary>A handshake that is computed until a gate opens.</summary>
    private async Task<Task<bool>> BeginHandshakeAsync(ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handshake = Task.Run(
            () => _handshakes.RunAsync(
                () =>
                {
                    started.SetResult();
                    gate.Wait(Token);
                    return true;
                },
                Token),
            Token);
        await started.Task.WaitAsync(Token);
        return handshake;
    }
}
