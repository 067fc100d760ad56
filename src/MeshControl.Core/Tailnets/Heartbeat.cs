namespace MeshControl.Core.Tailnets;

/// <summary>When a task that never ends did something last. Written by that task, read by whoever wonders whether it is stuck.</summary>
internal sealed class Heartbeat(TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private volatile bool _busy;

    /// <summary>Whether the task is in the middle of something, as opposed to waiting for work.</summary>
    public bool IsBusy => _busy;

    /// <summary>Since the task did something last.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _last));

    /// <summary>It makes progress.</summary>
    public void Beat() => Interlocked.Exchange(ref _last, time.GetTimestamp());

    public void Begin()
    {
        Beat();
        _busy = true;
    }

    public void End()
    {
        _busy = false;
        Beat();
    }
}
