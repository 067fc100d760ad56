using System.Diagnostics.Metrics;
using MeshControl.Server.Machine;

namespace MeshControl.Server.Diagnostics;

/// <summary>What machines ask for inside their channels, how long that takes and what comes of it.</summary>
internal sealed class MachineMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;

    public MachineMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(
            "meshcontrol.machine.requests", null, "Requests of machines, by endpoint and class of status; what waits for long counts when it ends.");
        _durations = meter.CreateHistogram<double>(
            "meshcontrol.machine.request.duration", "s", "How long requests of machines took, by endpoint; map streams and waits for somebody to decide are not among them.");
    }

    /// <param name="kind">What was asked for.</param>
    /// <param name="seconds">Until the answer was complete.</param>
    /// <param name="status">Of HTTP.</param>
    public void Answered(MachineRequestKind kind, double seconds, int status)
    {
        var endpoint = new KeyValuePair<string, object?>("endpoint", NameOf(kind));
        _requests.Add(1, endpoint, new KeyValuePair<string, object?>("status", StatusClass.Of(status)));
        if (kind is not (MachineRequestKind.MapStream or MachineRequestKind.RegisterWait or MachineRequestKind.SshActionWait))
        {
            _durations.Record(seconds, endpoint);
        }
    }

    private static string NameOf(MachineRequestKind kind) => kind switch
    {
        MachineRequestKind.Register => "register",
        MachineRequestKind.RegisterWait => "register_wait",
        MachineRequestKind.Map => "map",
        MachineRequestKind.MapStream => "map_stream",
        MachineRequestKind.MapOnce => "map_once",
        MachineRequestKind.MapUpdate => "map_update",
        MachineRequestKind.SshAction => "ssh_action",
        MachineRequestKind.SshActionWait => "ssh_action_wait",
        MachineRequestKind.UpdateHealth => "update_health",
        MachineRequestKind.Ping => "ping",
        MachineRequestKind.WhoAmI => "whoami",
        _ => "other",
    };
}
