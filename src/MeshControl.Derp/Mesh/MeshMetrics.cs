using System.Diagnostics.Metrics;

namespace MeshControl.Derp.Mesh;

/// <summary>What the links to the other relays of the region count. Without a listener nothing is counted.</summary>
public sealed class MeshMetrics : IDisposable
{
    public const string MeterName = "MeshControl.Derp.Mesh";

    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _drops;

    internal MeshMetrics(IReadOnlyList<MeshLink> links)
    {
        Meter = new Meter(MeterName);
        _packets = Meter.CreateCounter<long>("meshcontrol.relay.mesh.packets", null, "Packets sent to other relays of the region.");
        _bytes = Meter.CreateCounter<long>("meshcontrol.relay.mesh.sent", "By", "Bytes sent to other relays of the region.");
        _drops = Meter.CreateCounter<long>(
            "meshcontrol.relay.mesh.drops", null, "Packets for clients of other relays that were dropped, since that relay takes no more.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.relay.mesh.links",
            () => links.GroupBy(link => link.IsConnected).Select(group => new Measurement<int>(
                group.Count(), new KeyValuePair<string, object?>("state", group.Key ? "connected" : "disconnected"))),
            null,
            "Other relays of the region by whether this one is connected to them.");
        Meter.CreateObservableUpDownCounter(
            "meshcontrol.relay.mesh.clients", () => links.Sum(link => link.ClientCount), null, "Clients that other relays of the region have.");
    }

    /// <summary>What a listener asks for.</summary>
    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    internal void Sent(int packets, int bytes)
    {
        _packets.Add(packets);
        _bytes.Add(bytes);
    }

    internal void Dropped(int packets)
    {
        if (packets > 0)
        {
            _drops.Add(packets);
        }
    }
}
