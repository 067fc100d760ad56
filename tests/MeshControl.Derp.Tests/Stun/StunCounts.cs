using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MeshControl.Derp.Stun;

namespace MeshControl.Derp.Tests.Stun;

/// <summary>Listens to the metrics of STUN and tells them in order, as <c>outcome family</c>.</summary>
internal sealed class StunCounts : IDisposable
{
    private readonly BlockingCollection<string> _counted = [];
    private readonly MeterListener _listener = new();

    public StunCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == Metrics.Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Add($"{tags[0].Value} {tags[1].Value}"));
        _listener.Start();
    }

    public StunMetrics Metrics { get; } = new();

    /// <summary>Waits for so many and takes them.</summary>
    public string[] Take(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _counted.TryTake(out var item, TimeSpan.FromSeconds(20)) ? item : "nothing")];

    public void Dispose()
    {
        _listener.Dispose();
        Metrics.Dispose();
        _counted.Dispose();
    }
}
