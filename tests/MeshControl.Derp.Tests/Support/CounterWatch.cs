using System.Diagnostics.Metrics;

namespace MeshControl.Derp.Tests.Support;

/// <summary>Hears of each addition to one counter.</summary>
internal sealed class CounterWatch : IDisposable
{
    private readonly MeterListener _listener = new();

    public CounterWatch(Meter meter, string name, Action<long> added)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter && instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => added(value));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}
