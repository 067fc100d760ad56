namespace MeshControl.Server.Metrics;

/// <summary>The numbers of one set of tags. Guarded by its family.</summary>
internal sealed class MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, bool hasBuckets)
{
    /// <summary>Upper bounds in seconds, from a memory's speed to what nobody should wait for.</summary>
    public static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    private readonly KeyValuePair<string, object?>[] _tags = tags.ToArray();
    private readonly long[] _buckets = hasBuckets ? new long[Bounds.Length] : [];

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => _tags;

    public double Sum { get; private set; }

    public long Count { get; private set; }

    /// <summary>How many values were at most each bound; empty unless it is a histogram.</summary>
    public IReadOnlyList<long> Buckets => _buckets;

    public void Add(double value)
    {
        Sum += value;
        Count++;
        for (var i = _buckets.Length - 1; i >= 0 && value <= Bounds[i]; i--)
        {
            _buckets[i]++;
        }
    }

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }
}
