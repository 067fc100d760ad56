using System.Diagnostics.Metrics;
using MeshControl.Server.Listeners;

namespace MeshControl.Server.Diagnostics;

/// <summary>What the gate of the public listeners counts. Looked up when somebody asks.</summary>
internal static class ConnectionMetrics
{
    public static void AddTo(Meter meter, ConnectionGate gate)
    {
        meter.CreateObservableGauge(
            "meshcontrol.connections", () => ReadStates(gate), null, "Open public connections: those that belong to a node, and the others.");
        meter.CreateObservableCounter(
            "meshcontrol.connections.closed",
            () => ReadClosed(gate),
            null,
            "Public connections that a limit closed: no place was left, another one needed the place, or a deadline had passed.");
    }

    private static IEnumerable<Measurement<int>> ReadStates(ConnectionGate gate)
    {
        var pending = gate.Pending;
        return
        [
            new(pending, new KeyValuePair<string, object?>("state", "pending")),
            new(Math.Max(0, gate.Open - pending), new KeyValuePair<string, object?>("state", "proven")),
        ];
    }

    private static IEnumerable<Measurement<long>> ReadClosed(ConnectionGate gate) =>
    [
        new(gate.Refused, new KeyValuePair<string, object?>("reason", "refused")),
        new(gate.Evicted, new KeyValuePair<string, object?>("reason", "evicted")),
        new(gate.Late, new KeyValuePair<string, object?>("reason", "late")),
    ];
}
