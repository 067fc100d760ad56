using System.Diagnostics.Metrics;

namespace MeshControl.Server.Metrics;

/// <summary>An instrument's numbers, one series per set of tags.</summary>
internal sealed class MetricFamily
{
    private readonly bool _isObserved;
    private readonly Lock _lock = new();
    private readonly List<MetricSeries> _series = []; // guarded by _lock

    private MetricFamily(string name, string help, MetricType type, bool isObserved) =>
        (Name, Help, Type, _isObserved) = (name, help, type, isObserved);

    public string Name { get; }

    public string Help { get; }

    public MetricType Type { get; }

    public static MetricFamily Of(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var metric = type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricType.Counter
            : type == typeof(Histogram<>) ? MetricType.Histogram
            : MetricType.Gauge;
        var name = instrument.Name.Replace('.', '_').Replace('-', '_')
            + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
            + (metric == MetricType.Counter ? "_total" : "");
        return new MetricFamily(name, instrument.Description ?? "", metric, instrument.IsObservable);
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
                series = new MetricSeries(tags, Type == MetricType.Histogram);
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
