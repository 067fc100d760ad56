using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server.Relays;

/// <summary>
/// How often one source may ask: a bucket of tokens for each address, or network of 64 bits. Relays ask once per client that connects; more
/// than that is somebody who goes through a list.
/// </summary>
internal sealed class QuestionPace(TimeProvider time)
{
    /// <summary>Questions at once: the clients of a relay that starts again.</summary>
    public const int MaxAtOnce = 2_000;

    /// <summary>Questions a second after that.</summary>
    public const int MaxPerSecond = 50;

    /// <summary>Sources that are remembered, some hundred bytes each; the one that asked first goes for a new one.</summary>
    public const int MaxSources = 4_096;

    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Bucket> _buckets = [];
    private readonly Queue<IPAddress> _order = new();

    /// <returns>False when the source has to wait.</returns>
    public bool TryPass(IPAddress source)
    {
        var key = NetworkOf(source);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                if (_order.Count >= MaxSources)
                {
                    _buckets.Remove(_order.Dequeue());
                }

                _order.Enqueue(key);
                bucket = new Bucket(MaxAtOnce, now);
            }

            var tokens = Math.Min(MaxAtOnce, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * MaxPerSecond));
            var passes = tokens >= 1;
            _buckets[key] = new Bucket(passes ? tokens - 1 : tokens, now);
            return passes;
        }
    }

    /// <summary>Who has one IPv6 address has a network of them.</summary>
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

    private readonly record struct Bucket(double Tokens, long At);
}
