namespace MeshControl.Core.Tests.Support;

/// <summary>Holds commits between their arrival and their effect, so that a test can look at what is not yet durable.</summary>
internal sealed class CommitGate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a commit waits here.</summary>
    public Task Entered => _entered.Task;

    public void Release() => _released.TrySetResult();

    public Task PassAsync()
    {
        _entered.TrySetResult();
        return _released.Task;
    }
}
