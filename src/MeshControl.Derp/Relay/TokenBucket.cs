using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Relay;

/// <summary>
/// How fast one client may send. What is taken is owed at once, and paid back by waiting: nothing is ever refused. Owned by the client's
/// reader.
/// </summary>
internal sealed class TokenBucket
{
    /// <summary>One longest packet with its key, as clients and stock relays count it: less could never be paid.</summary>
    public const int MinBurst = 65_568;

    private const int LongestPacketFrame = DerpProtocol.HeaderLength + DerpProtocol.MaxPacketFrameLength;

    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private long _last;

    public TokenBucket(TimeProvider time, int bytesPerSecond, int burstBytes)
    {
        _time = time;
        _perSecond = bytesPerSecond;
        _burst = BurstOf(burstBytes);
        _tokens = _burst;
        _last = time.GetTimestamp();
    }

    public static int BurstOf(int burstBytes) => Math.Max(MinBurst, burstBytes);

    /// <summary>Takes a frame's bytes.</summary>
    /// <returns>How long to wait before reading the frame; zero mostly.</returns>
    public TimeSpan Take(long bytes)
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_last, now).TotalSeconds * _perSecond));
        _last = now;
        // So that the longest packet never waits for its header. What is longer is a frame that nobody knows, and costs what it has.
        _tokens -= bytes <= LongestPacketFrame ? Math.Min(bytes, MinBurst) : bytes;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / _perSecond);
    }
}
