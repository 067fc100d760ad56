using System.Diagnostics.Metrics;

namespace MeshControl.Server.Metrics;

/// <summary>An instrument's numbers, one series per set of tags.</summary>
internal sealed class MetricFamily
{
    /// <summary>
    /// Upper bounds for what comes without its own, which are seconds: from a memory's speed to what nobody should wait for.
    /// </summary>
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>What the runtime calls counters, though it falls as well.</summary>
    private static readonly string[] FallingCounters = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    private readonly bool _isObserved;
    private readonly Lock _lock = new();
    private readonly List<MetricSeries> _series = []; // guarded by _lock

    private MetricFamily(string name, string help, MetricType type, double[] bounds, bool isObserved) =>
        (Name, Help, Type, Bounds, _isObserved) = (name, help, type, bounds, isObserved);

    /// <summary>As it stands in front of a number; those of a histogram have a suffix besides.</summary>
    public string Name { get; }

    public string Help { get; }

    public MetricType Type { get; }

    /// <summary>The upper ends of a histogram's groups; empty unless it is one.</summary>
    public IReadOnlyList<double> Bounds { get; }

    public static MetricFamily Of(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var metric = FallingCounters.Contains(instrument.Name) ? MetricType.Gauge
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricType.Counter
            : type == typeof(Histogram<>) ? MetricType.Histogram
            : MetricType.Gauge;
        var name = instrument.Name.Replace('.', '_').Replace('-', '_')
            + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
            + (metric == MetricType.Counter ? "_total" : "");
        var bounds = metric != MetricType.Histogram ? [] : BoundsOf(instrument) ?? Seconds;
        return new MetricFamily(name, instrument.Description ?? "", metric, bounds, instrument.IsObservable);
    }

    /// <summary>Forgets what was looked up last time: a series that is gone must not show its last number for ever.</summary>
    public void BeginReading()
    {
        if (_isObserved)
        {
            lock (_lock)
            {
                _series.Clear();
            }
        }
    }

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            var series = Find(tags);
            if (series is null)
            {
                series = new MetricSeries(tags, Bounds);
                _series.Add(series);
            }

            series.Add(value);
        }
    }

    /// <summary>Hands every series to <paramref name="read"/>, which must be quick: whoever measures waits.</summary>
    public void Read(Action<MetricSeries> read)
    {
        lock (_lock)
        {
            _series.ForEach(read);
        }
    }

    private static double[]? BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        _ => null,
    };

    /// <summary>A handful of series per instrument: comparing is cheaper than a key that would have to be made each time.</summary>
    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }
}
