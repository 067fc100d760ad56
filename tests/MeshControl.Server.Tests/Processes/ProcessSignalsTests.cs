using MeshControl.Server.Processes;

namespace MeshControl.Server.Tests.Processes;

public sealed class ProcessSignalsTests
{
    [Fact]
    public async Task Stop_FirstAsks_SecondEndsTheProcess()
    {
        var exits = new List<int>();
        using var signals = ProcessSignals.Detached(exits.Add);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signals.Stopping.Register(stopping.SetResult);

        signals.Stop(15);
        await stopping.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(exits);
        signals.Stop(2);

        Assert.Equal([130], exits);
    }

    [Fact]
    public void Reload_ManyAtOnce_AreOne()
    {
        using var signals = ProcessSignals.Detached(_ => { });

        signals.Reload();
        signals.Reload();

        Assert.True(signals.Reloads.TryRead(out _));
        Assert.False(signals.Reloads.TryRead(out _));
        Assert.False(signals.Stopping.IsCancellationRequested);
    }
}
