namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>Runs asynchronous code on the calling thread alone: what would go on elsewhere goes on when it is pumped.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_waiting)
        {
            _waiting.Enqueue((d, state));
        }
    }

    /// <summary>Starts a task and goes on until it is done. It must not wait for anything but this thread.</summary>
    public T Run<T>(Func<Task<T>> start)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = start();
            while (!task.IsCompleted)
            {
                Turn();
            }

            RunWaiting();
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs what waits, until nothing does.</summary>
    public void RunWaiting()
    {
        while (Turn())
        {
        }
    }

    private bool Turn()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_waiting)
        {
            if (!_waiting.TryDequeue(out next))
            {
                return false;
            }
        }

        next.Callback(next.State);
        return true;
    }
}
