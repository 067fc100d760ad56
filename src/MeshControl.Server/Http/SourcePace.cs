using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server;

/// <summary>
/// How often one source may do something: a bucket of tokens for each address, or IPv6 network of 64 bits, since who has one of its addresses
/// has all of them.
/// </summary>
/// <param name="maxAtOnce">How often at once.</param>
/// <param name="perSecond">How often after that.</param>
/// <param name="time">The clock.</param>
internal sealed class SourcePace(int maxAtOnce, double perSecond, TimeProvider time)
{
    /// <summary>Sources that are remembered, some hundred bytes each; the one that came first goes for a new one.</summary>
    public const int MaxSources = 4_096;

    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Bucket> _buckets = [];
    private readonly Queue<IPAddress> _order = new();

    /// <summary>Counts one more, unless the source has to wait.</summary>
    /// <returns>False when it has to wait.</returns>
    public bool TryPass(IPAddress source)
    {
        lock (_gate)
        {
            return TryTake(NetworkOf(source));
        }
    }

    /// <summary>Counts one more that was done already; more than may be are not remembered.</summary>
    public void Count(IPAddress source) => TryPass(source);

    /// <summary>Whether the source has to wait. Counts nothing.</summary>
    public bool MustWait(IPAddress source)
    {
        lock (_gate)
        {
            return _buckets.TryGetValue(NetworkOf(source), out var bucket) && TokensOf(bucket, time.GetTimestamp()) < 1;
        }
    }

    private static IPAddress NetworkOf(IPAddress source)
    {
        if (source.AddressFamily != AddressFamily.InterNetworkV6 || source.IsIPv4MappedToIPv6)
        {
            return source;
        }

        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        return new IPAddress(bytes);
    }

    private bool TryTake(IPAddress key)
    {
        var now = time.GetTimestamp();
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            if (_order.Count >= MaxSources)
            {
                _buckets.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
            bucket = new Bucket(maxAtOnce, now);
        }

        var tokens = TokensOf(bucket, now);
        _buckets[key] = new Bucket(tokens >= 1 ? tokens - 1 : tokens, now);
        return tokens >= 1;
    }

    private double TokensOf(Bucket bucket, long now) =>
        Math.Min(maxAtOnce, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));

    private readonly record struct Bucket(double Tokens, long At);
}
