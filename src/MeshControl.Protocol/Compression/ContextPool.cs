using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Compression;

/// <summary>
/// Keeps a few native contexts for reuse. Contexts are large (some 570 KiB to compress), so there are about as many as
/// processors and never one per connection. When all are in use, a call gets a temporary one instead of waiting.
/// </summary>
internal sealed class ContextPool<T>(Func<T> create) : IDisposable
    where T : SafeHandle
{
    // Slots are taken and filled by atomic exchange; null means empty.
    private readonly T?[] _slots = new T?[Environment.ProcessorCount];
    private bool _disposed;

    /// <exception cref="InsufficientMemoryException">The library cannot allocate a context.</exception>
    public T Rent()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.Exchange(ref _slots[i], null) is { } context)
            {
                return context;
            }
        }

        var created = create();
        if (created.IsInvalid)
        {
            created.Dispose();
            throw new InsufficientMemoryException("The Zstandard library could not allocate a context.");
        }

        return created;
    }

    public void Return(T context)
    {
        for (var i = 0; i < _slots.Length && !Volatile.Read(ref _disposed); i++)
        {
            if (Interlocked.CompareExchange(ref _slots[i], context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }

    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        for (var i = 0; i < _slots.Length; i++)
        {
            // One returned at this very moment is freed by its finaliser.
            Interlocked.Exchange(ref _slots[i], null)?.Dispose();
        }
    }
}
