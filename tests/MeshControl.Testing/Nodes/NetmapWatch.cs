using MeshControl.Testing.Netmaps;

namespace MeshControl.Testing.Nodes;

/// <summary>The current netmap, and those who wait until it fulfils a condition. All members may be used concurrently.</summary>
public sealed class NetmapWatch
{
    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiters = [];

    // Guarded by the lock.
    private Netmap? _current;

    public Netmap? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Makes this the current netmap; conditions are looked at in the order in which they were stated.</summary>
    public void Publish(Netmap? netmap)
    {
        lock (_lock)
        {
            _current = netmap;
            if (netmap is not null)
            {
                _waiters.RemoveAll(waiter => waiter.Offer(netmap));
            }
        }
    }

    /// <summary>Completes with the first netmap, the present one included, for which the condition holds.</summary>
    public async Task<Netmap> WaitAsync(Func<Netmap, bool> condition, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(condition);
        lock (_lock)
        {
            if (_current is null || !waiter.Offer(_current))
            {
                _waiters.Add(waiter);
            }
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    private sealed class Waiter(Func<Netmap, bool> condition)
    {
        private readonly TaskCompletionSource<Netmap> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Netmap> Task => _source.Task;

        public bool Offer(Netmap netmap)
        {
            try
            {
                return condition(netmap) && _source.TrySetResult(netmap);
            }
            catch (Exception e)
            {
                // The condition's fault, so its owner's: not the stream's.
                return _source.TrySetException(e);
            }
        }
    }
}
