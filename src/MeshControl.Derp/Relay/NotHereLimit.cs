namespace MeshControl.Derp.Relay;

/// <summary>
/// How often one client is told that a peer is not here: three times at once, then once a second, so that nobody uses the answers to find out
/// who is. Owned by the client's reader.
/// </summary>
internal sealed class NotHereLimit(TimeProvider time)
{
    public const int Burst = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private double _tokens = Burst;
    private long _last = time.GetTimestamp();

    public bool TryPass()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(Burst, _tokens + (time.GetElapsedTime(_last, now) / Interval));
        _last = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
