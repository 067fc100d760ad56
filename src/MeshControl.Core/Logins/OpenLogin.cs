namespace MeshControl.Core.Logins;

/// <summary>A pending login with those who wait for it.</summary>
internal sealed class OpenLogin(PendingLogin login)
{
    private readonly TaskCompletionSource<LoginEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingLogin Login { get; } = login;

    public Task<LoginEnd> Ended => _end.Task;

    /// <summary>Requests that wait for the end. Guarded by the service.</summary>
    public int Waiters { get; set; }

    /// <summary>Wakes everybody; the first end counts.</summary>
    public void End(LoginEnd end) => _end.TrySetResult(end);
}
