namespace MeshControl.Core.Storage;

/// <summary>
/// Rows that are written a moment after they changed, many in one transaction; what the last word about each is. Writing one at once and
/// writing all do not cross. Safe to use from several threads.
/// </summary>
internal sealed class UnsavedRows<T>(Func<IReadOnlyCollection<KeyValuePair<long, T?>>, CancellationToken, Task> save) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Dictionary<long, T?> _changes = [];

    /// <summary>What is to be written: the row, or null for one that is gone.</summary>
    public void Set(long number, T? row)
    {
        lock (_gate)
        {
            _changes[number] = row;
        }
    }

    /// <summary>Writes a row before going on, in place of what was to be written of it. Throws when it was not done.</summary>
    public async Task SaveNowAsync(long number, T row, CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken);
        try
        {
            KeyValuePair<long, T?>[] replaced;
            lock (_gate)
            {
                replaced = _changes.Remove(number, out var earlier) ? [new(number, earlier)] : [];
            }

            try
            {
                await save([new(number, row)], cancellationToken);
            }
            catch
            {
                Keep(replaced);
                throw;
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Writes what has changed and is not yet written. What cannot be written is kept for the next time.</summary>
    /// <returns>How many changes could not be written, and why; null when all were.</returns>
    public async Task<(int Changes, Exception Reason)?> FlushAsync(CancellationToken cancellationToken)
    {
        await _saving.WaitAsync(cancellationToken);
        KeyValuePair<long, T?>[] changes = [];
        try
        {
            lock (_gate)
            {
                changes = [.. _changes];
                _changes.Clear();
            }

            if (changes.Length > 0)
            {
                await save(changes, cancellationToken);
            }

            return null;
        }
        catch (Exception exception)
        {
            Keep(changes);
            if (exception is OperationCanceledException)
            {
                throw;
            }

            return (changes.Length, exception);
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();

    /// <summary>What was not written, for the next time; what has been said since counts.</summary>
    private void Keep(KeyValuePair<long, T?>[] changes)
    {
        lock (_gate)
        {
            foreach (var (number, row) in changes)
            {
                _changes.TryAdd(number, row);
            }
        }
    }
}
