using System.Net;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>One way to reach the server.</summary>
public sealed record ControlIpCandidate
{
    [JsonPropertyName("IP")]
    public IPAddress? Ip { get; init; }

    [JsonPropertyName("ACEHost")]
    public string? AceHost { get; init; }

    public double DialStartDelaySec { get; init; }

    /// <summary>Always set it: a candidate with zero has already timed out.</summary>
    public double DialTimeoutSec { get; init; }

    public int Priority { get; init; }
}
