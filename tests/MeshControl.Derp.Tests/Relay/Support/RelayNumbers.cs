using System.Diagnostics.Metrics;
using MeshControl.Derp.Diagnostics;

namespace MeshControl.Derp.Tests.Relay.Support;

/// <summary>Looks the relay's metrics up, as a page of them would.</summary>
internal static class RelayNumbers
{
    /// <summary>All series by name and tags, such as <c>packets.dropped queue_head data</c>; without those that are zero.</summary>
    public static Dictionary<string, long> Read(RelayMetrics metrics)
    {
        const string Prefix = "meshcontrol.relay.";
        Dictionary<string, long> numbers = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == metrics.Meter)
                {
                    Assert.StartsWith(Prefix, instrument.Name, StringComparison.Ordinal);
                    Assert.NotEmpty(instrument.Description!);
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return numbers;

        void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (value != 0)
            {
                numbers.Add(string.Join(' ', [instrument.Name[Prefix.Length..], .. tags.ToArray().Select(tag => tag.Value)]), value);
            }
        }
    }

    public static long Sum(Dictionary<string, long> numbers, string name) =>
        numbers.Where(entry => entry.Key.StartsWith(name + " ", StringComparison.Ordinal)).Sum(entry => entry.Value);
}
