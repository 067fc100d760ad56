using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>One relay. Name, region and host name are always on the wire.</summary>
public sealed record DerpNode
{
    /// <summary>Unique in the map.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Name { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("RegionID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int RegionId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string HostName { get; init => field = value ?? ""; } = "";

    /// <summary>Expected certificate name, or <c>sha256-raw:</c> and the hash of a self-signed certificate.</summary>
    public string? CertName { get; init; }

    /// <summary>Address; <c>none</c> turns the family off.</summary>
    [JsonPropertyName("IPv4")]
    public string? Ipv4 { get; init; }

    [JsonPropertyName("IPv6")]
    public string? Ipv6 { get; init; }

    /// <summary>Zero is 3478, minus one is none.</summary>
    [JsonPropertyName("STUNPort")]
    public int StunPort { get; init; }

    [JsonPropertyName("STUNOnly")]
    public bool StunOnly { get; init; }

    /// <summary>Zero is 443.</summary>
    [JsonPropertyName("DERPPort")]
    public int DerpPort { get; init; }

    public bool InsecureForTests { get; init; }

    [JsonPropertyName("STUNTestIP")]
    public string? StunTestIp { get; init; }

    public bool CanPort80 { get; init; }
}
