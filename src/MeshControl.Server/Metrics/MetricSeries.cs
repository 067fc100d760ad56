namespace MeshControl.Server.Metrics;

/// <summary>The numbers of one set of tags. Guarded by its family.</summary>
internal sealed class MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, IReadOnlyList<double> bounds)
{
    private readonly KeyValuePair<string, object?>[] _tags = tags.ToArray();
    private readonly long[] _buckets = new long[bounds.Count];

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => _tags;

    public double Sum { get; private set; }

    public long Count { get; private set; }

    /// <summary>How many values were at most each bound of the family.</summary>
    public IReadOnlyList<long> Buckets => _buckets;

    public void Add(double value)
    {
        Sum += value;
        Count++;
        for (var i = _buckets.Length - 1; i >= 0 && value <= bounds[i]; i--)
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
