namespace MeshControl.Server.Diagnostics;

/// <summary>
/// Keeps messages that peers can cause at will from filling the log: so many in each interval, and then the number of those that were left
/// out. Safe for concurrent use.
/// </summary>
/// <param name="lines">In each interval.</param>
/// <param name="interval">Begins with the first line after the one before has passed.</param>
/// <param name="time">Measures it.</param>
internal sealed class LogBudget(int lines, TimeSpan interval, TimeProvider time)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private long? _began;
    private int _written;
    private int _omitted;

    /// <param name="omitted">How many were left out since the last line that was written.</param>
    /// <returns>False when this one is to be left out.</returns>
    public bool TryTake(out int omitted)
    {
        lock (_gate)
        {
            omitted = _omitted;
            if (_began is not { } began || time.GetElapsedTime(began) >= interval)
            {
                (_began, _written) = (time.GetTimestamp(), 0);
            }

            if (_written >= lines)
            {
                _omitted++;
                return false;
            }

            _written++;
            _omitted = 0;
            return true;
        }
    }
}
