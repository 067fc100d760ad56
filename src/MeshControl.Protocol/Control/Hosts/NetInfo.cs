using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>What a client found out about its network. A null switch is unknown; not set properties are left out.</summary>
public sealed record NetInfo
{
    [JsonPropertyName("MappingVariesByDestIP")]
    public bool? MappingVariesByDestIp { get; init; }

    /// <summary>Up to release 1.90.</summary>
    public bool? HairPinning { get; init; }

    [JsonPropertyName("WorkingIPv6")]
    public bool? WorkingIpv6 { get; init; }

    [JsonPropertyName("OSHasIPv6")]
    public bool? OsHasIpv6 { get; init; }

    [JsonPropertyName("WorkingUDP")]
    public bool? WorkingUdp { get; init; }

    [JsonPropertyName("WorkingICMPv4")]
    public bool? WorkingIcmpv4 { get; init; }

    public bool HavePortMap { get; init; }

    public bool? UPnP { get; init; }

    [JsonPropertyName("PMP")]
    public bool? Pmp { get; init; }

    [JsonPropertyName("PCP")]
    public bool? Pcp { get; init; }

    /// <summary>Home region; zero: unknown, so keep the last one.</summary>
    [JsonPropertyName("PreferredDERP")]
    public int PreferredDerp { get; init; }

    public string? LinkType { get; init; }

    /// <summary>Seconds by region and family, such as <c>900-v4</c>.</summary>
    [JsonPropertyName("DERPLatency")]
    public WireMap<string, double>? DerpLatency { get; init; }

    public string? FirewallMode { get; init; }
}
