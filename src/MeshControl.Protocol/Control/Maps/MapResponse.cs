using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// One message of a map stream. Null means "unchanged" throughout, and is left out; where an empty list or a null entry
/// of a map says something else, the property tells. With <see cref="KeepAlive"/> clients ignore all but
/// <see cref="PingRequest"/>, <see cref="PopBrowserUrl"/>, <see cref="ClientVersion"/>, <see cref="ControlTime"/> and
/// <see cref="ControlDialPlan"/>; the plain keep-alive is <see cref="KeepAliveUtf8"/>.
/// </summary>
public sealed record MapResponse : IControlMessage
{
    public string? MapSessionHandle { get; init; }

    public long Seq { get; init; }

    public bool KeepAlive { get; init; }

    public PingRequest? PingRequest { get; init; }

    [JsonPropertyName("PopBrowserURL")]
    public string? PopBrowserUrl { get; init; }

    /// <summary>The client itself, always complete; the first message of a stream must have it.</summary>
    public MapNode? Node { get; init; }

    [JsonPropertyName("DERPMap")]
    public DerpMap? DerpMap { get; init; }

    /// <summary>All peers. Empty is <em>not</em> "no peers" but "no change": remove by <see cref="PeersRemoved"/>.</summary>
    public WireList<MapNode>? Peers { get; init; }

    /// <summary>Added or replaced peers, complete.</summary>
    public WireList<MapNode>? PeersChanged { get; init; }

    public WireList<long>? PeersRemoved { get; init; }

    public WireList<PeerChange>? PeersChangedPatch { get; init; }

    public WireMap<long, bool>? PeerSeenChange { get; init; }

    public WireMap<long, bool>? OnlineChange { get; init; }

    [JsonPropertyName("DNSConfig")]
    public DnsConfig? DnsConfig { get; init; }

    public string? Domain { get; init; }

    public bool? CollectServices { get; init; }

    /// <summary>Empty blocks everything.</summary>
    public WireList<FilterRule>? PacketFilter { get; init; }

    /// <summary>By name; null deletes that name, empty is a named empty set, <c>*</c> with null clears all first.</summary>
    public WireMap<string, WireList<FilterRule>?>? PacketFilters { get; init; }

    public WireList<UserProfile>? UserProfiles { get; init; }

    /// <summary>Empty: healthy again.</summary>
    public WireList<string>? Health { get; init; }

    /// <summary>By ID; null deletes, <c>*</c> with null clears all first. Never together with <see cref="Health"/>.</summary>
    public WireMap<string, DisplayMessage?>? DisplayMessages { get; init; }

    [JsonPropertyName("SSHPolicy")]
    public SshPolicy? SshPolicy { get; init; }

    public DateTimeOffset? ControlTime { get; init; }

    [JsonPropertyName("TKAInfo")]
    public TkaInfo? TkaInfo { get; init; }

    [JsonPropertyName("DomainDataPlaneAuditLogID")]
    public string? DomainDataPlaneAuditLogId { get; init; }

    public DebugSettings? Debug { get; init; }

    public ControlDialPlan? ControlDialPlan { get; init; }

    public ClientVersion? ClientVersion { get; init; }

    /// <summary>Superseded by the node capability <c>default-auto-update</c>.</summary>
    public bool? DefaultAutoUpdate { get; init; }

    /// <summary>The keep-alive message; always these bytes, because clients recognise it by them.</summary>
    public static ReadOnlySpan<byte> KeepAliveUtf8 => "{\"KeepAlive\":true}"u8;
}
