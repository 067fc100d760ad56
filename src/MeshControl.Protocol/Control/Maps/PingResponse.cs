using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>What a client posts after a typed ping that worked.</summary>
public sealed record PingResponse : IControlMessage
{
    public string? Type { get; init; }

    [JsonPropertyName("IP")]
    public string? Ip { get; init; }

    [JsonPropertyName("NodeIP")]
    public string? NodeIp { get; init; }

    public string? NodeName { get; init; }

    public string? Err { get; init; }

    public double LatencySeconds { get; init; }

    public string? Endpoint { get; init; }

    public string? PeerRelay { get; init; }

    [JsonPropertyName("DERPRegionID")]
    public int DerpRegionId { get; init; }

    [JsonPropertyName("DERPRegionCode")]
    public string? DerpRegionCode { get; init; }

    [JsonPropertyName("PeerAPIPort")]
    public ushort PeerApiPort { get; init; }

    [JsonPropertyName("IsLocalIP")]
    public bool IsLocalIp { get; init; }
}
