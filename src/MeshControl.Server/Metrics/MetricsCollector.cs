using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MeshControl.Server.Metrics;

/// <summary>
/// Adds up what the given meters measure, for a page that Prometheus reads. The runtime's own meter is part of it as far as it
/// tells of memory and threads.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    private static readonly string[] RuntimeNames = ["dotnet.gc.", "dotnet.thread_pool."];

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly HashSet<Meter> _meters;
    private readonly MeterListener _listener;

    /// <summary>One page at a time, since what is looked up is looked up into shared series.</summary>
    private readonly Lock _reading = new();

    public MetricsCollector(params IEnumerable<Meter> meters)
    {
        _meters = [.. meters];
        _listener = new MeterListener { InstrumentPublished = OnPublished };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Add(state, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Add(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Add(state, value, tags));
        _listener.Start();
    }

    /// <summary>All numbers of now.</summary>
    /// <param name="isOpenMetrics">By the rules of OpenMetrics, else those of Prometheus.</param>
    public string Render(bool isOpenMetrics = false)
    {
        lock (_reading)
        {
            foreach (var family in _families.Values)
            {
                family.BeginReading();
            }

            _listener.RecordObservableInstruments();
            return PrometheusText.Render(_families.Values.OrderBy(family => family.Name, StringComparer.Ordinal), isOpenMetrics);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Add(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Add(value, tags);

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (_meters.Contains(instrument.Meter)
            || (instrument.Meter.Name == RuntimeMeter
                && Array.Exists(RuntimeNames, name => instrument.Name.StartsWith(name, StringComparison.Ordinal))))
        {
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, MetricFamily.Of));
        }
    }
}
