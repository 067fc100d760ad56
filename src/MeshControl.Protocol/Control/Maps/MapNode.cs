using System.Net;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>
/// How a node looks to one viewer. Properties that are not set, zero or false are left out: a client reads them as such.
/// <see cref="Online"/> should always be set, and <see cref="MachineAuthorized"/> be true for every node that may take part.
/// </summary>
public sealed record MapNode : IControlMessage
{
    /// <summary>Greater than zero, never used again.</summary>
    [JsonPropertyName("ID")]
    public long Id { get; init; }

    /// <summary>Never empty: a client forgets its login if its own is.</summary>
    [JsonPropertyName("StableID")]
    public string? StableId { get; init; }

    /// <summary>Fully qualified, with a trailing dot.</summary>
    public string? Name { get; init; }

    public long User { get; init; }

    public long Sharer { get; init; }

    public NodePublicKey Key { get; init; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? KeyExpiry { get; init; }

    public ByteString KeySignature { get; init; }

    public MachinePublicKey Machine { get; init; }

    /// <summary>A peer without one is unreachable.</summary>
    public DiscoPublicKey DiscoKey { get; init; }

    /// <summary>Single addresses, IPv4 first.</summary>
    public WireList<IpPrefix>? Addresses { get; init; }

    /// <summary>Null: the addresses. Empty: nothing, so unreachable.</summary>
    [JsonPropertyName("AllowedIPs")]
    public WireList<IpPrefix>? AllowedIps { get; init; }

    public WireList<IPEndPoint>? Endpoints { get; init; }

    /// <summary><c>127.3.3.40:region</c>, for clients below capability version 111.</summary>
    [JsonPropertyName("DERP")]
    public string? LegacyDerp { get; init; }

    /// <summary>Region ID; zero: unknown.</summary>
    [JsonPropertyName("HomeDERP")]
    public int HomeDerp { get; init; }

    public Hostinfo? Hostinfo { get; init; }

    public DateTimeOffset? Created { get; init; }

    /// <summary>The capability version of the node that is described, not of the viewer.</summary>
    public int Cap { get; init; }

    public WireList<string>? Tags { get; init; }

    public WireList<IpPrefix>? PrimaryRoutes { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Null: unknown, which clients treat as offline and never update by a full node.</summary>
    public bool? Online { get; init; }

    public bool MachineAuthorized { get; init; }

    /// <summary>Old form of <see cref="CapMap"/>.</summary>
    public WireList<string>? Capabilities { get; init; }

    /// <summary>Name to values; null is presence alone. A value that is no list would break the whole message.</summary>
    public WireMap<string, WireList<RawJson>?>? CapMap { get; init; }

    [JsonPropertyName("UnsignedPeerAPIOnly")]
    public bool UnsignedPeerApiOnly { get; init; }

    public string? ComputedName { get; init; }

    public string? ComputedNameWithHost { get; init; }

    [JsonPropertyName("DataPlaneAuditLogID")]
    public string? DataPlaneAuditLogId { get; init; }

    [JsonPropertyName("StableTailnetID")]
    public string? StableTailnetId { get; init; }

    public bool Expired { get; init; }

    public IPAddress? SelfNodeV4MasqAddrForThisPeer { get; init; }

    public IPAddress? SelfNodeV6MasqAddrForThisPeer { get; init; }

    public bool IsWireGuardOnly { get; init; }

    public bool IsJailed { get; init; }

    [JsonPropertyName("ExitNodeDNSResolvers")]
    public WireList<DnsResolver>? ExitNodeDnsResolvers { get; init; }
}
