namespace MeshControl.Derp.Diagnostics;

/// <summary>
/// Lets so many lines a minute through. For messages that anybody can cause who reaches the server: without it a flood of requests
/// becomes a full disk.
/// </summary>
public sealed class LogThrottle(TimeProvider time, int linesPerMinute)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _windowStart = time.GetTimestamp();
    private int _lines;
    private long _suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="suppressed">How many were not, since the last one that was.</param>
    public bool TryPass(out long suppressed)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_windowStart) >= Window)
            {
                _windowStart = time.GetTimestamp();
                _lines = 0;
            }

            if (_lines >= linesPerMinute)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            _lines++;
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
