namespace MeshControl.Core.Logins;

/// <summary>Something that somebody has to decide, with those who wait for it.</summary>
/// <param name="request">What was asked.</param>
internal sealed class OpenRequest<TRequest, TEnd>(TRequest request)
{
    private readonly TaskCompletionSource<TEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TRequest Request { get; } = request;

    public Task<TEnd> Ended => _end.Task;

    /// <summary>Requests that wait for the end. Guarded by the service.</summary>
    public int Waiters { get; set; }

    /// <summary>Wakes everybody; the first end counts.</summary>
    public void End(TEnd end) => _end.TrySetResult(end);
}
