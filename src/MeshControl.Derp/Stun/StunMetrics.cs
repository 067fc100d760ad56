using System.Diagnostics.Metrics;

namespace MeshControl.Derp.Stun;

/// <summary>What STUN counts. Without a metrics listener nothing is counted.</summary>
public sealed class StunMetrics : IDisposable
{
    public const string MeterName = "MeshControl.Stun";

    private static readonly KeyValuePair<string, object?> IPv4 = new("family", "ipv4");
    private static readonly KeyValuePair<string, object?> IPv6 = new("family", "ipv6");

    private readonly Counter<long> _requests;

    public StunMetrics()
    {
        Meter = new Meter(MeterName);
        _requests = Meter.CreateCounter<long>("meshcontrol.stun.requests", null, "Datagrams at the STUN ports, by outcome and address family.");
    }

    /// <summary>What a listener asks for.</summary>
    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    internal void Count(StunOutcome outcome, bool isIPv4) => _requests.Add(
        1,
        new KeyValuePair<string, object?>("outcome", outcome switch
        {
            StunOutcome.Success => "success",
            StunOutcome.NotStun => "not_stun",
            StunOutcome.ReadError => "read_error",
            _ => "write_error",
        }),
        isIPv4 ? IPv4 : IPv6);
}
