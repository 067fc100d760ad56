using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// What a client tells about its host, always as a whole, in requests and in the nodes that show it to others. Not set
/// properties are left out. Compares by content; routes and tags compare as sets, as clients send them in any order.
/// </summary>
public sealed record Hostinfo : IControlMessage
{
    [JsonPropertyName("IPNVersion")]
    public string? IpnVersion { get; init; }

    [JsonPropertyName("FrontendLogID")]
    public string? FrontendLogId { get; init; }

    [JsonPropertyName("BackendLogID")]
    public string? BackendLogId { get; init; }

    [JsonPropertyName("OS")]
    public string? Os { get; init; }

    [JsonPropertyName("OSVersion")]
    public string? OsVersion { get; init; }

    public bool? Container { get; init; }

    public string? Env { get; init; }

    public string? Distro { get; init; }

    public string? DistroVersion { get; init; }

    public string? DistroCodeName { get; init; }

    public string? App { get; init; }

    public bool? Desktop { get; init; }

    public string? Package { get; init; }

    public string? DeviceModel { get; init; }

    public string? PushDeviceToken { get; init; }

    /// <summary>Raw: not yet fit for a DNS name.</summary>
    public string? Hostname { get; init; }

    public bool ShieldsUp { get; init; }

    /// <summary>Set by servers alone.</summary>
    public bool ShareeNode { get; init; }

    public bool NoLogsNoSupport { get; init; }

    public bool RemoteConfig { get; init; }

    public bool WireIngress { get; init; }

    public bool IngressEnabled { get; init; }

    public bool AllowsUpdate { get; init; }

    public string? Machine { get; init; }

    public string? GoArch { get; init; }

    public string? GoArchVar { get; init; }

    public string? GoVersion { get; init; }

    /// <summary>Advertised routes, in the client's order.</summary>
    [JsonPropertyName("RoutableIPs")]
    public WireSet<IpPrefix>? RoutableIps { get; init; }

    public WireSet<string>? RequestTags { get; init; }

    [JsonPropertyName("WoLMACs")]
    public WireList<string>? WolMacs { get; init; }

    /// <summary>Peers need the <c>peerapi</c> entries.</summary>
    public WireList<Service>? Services { get; init; }

    /// <summary>Null says nothing: keep the previous one, see <see cref="WithNetInfoFrom"/>.</summary>
    public NetInfo? NetInfo { get; init; }

    /// <summary>Not empty: the client serves SSH.</summary>
    [JsonPropertyName("sshHostKeys")]
    public WireList<string>? SshHostKeys { get; init; }

    public string? Cloud { get; init; }

    public bool? Userspace { get; init; }

    public bool? UserspaceRouter { get; init; }

    public bool? AppConnector { get; init; }

    public string? ServicesHash { get; init; }

    public bool PeerRelay { get; init; }

    /// <summary>Stable ID of the exit node in use.</summary>
    [JsonPropertyName("ExitNodeID")]
    public string? ExitNodeId { get; init; }

    /// <summary>Set by servers alone.</summary>
    public Location? Location { get; init; }

    [JsonPropertyName("TPM")]
    public TpmInfo? Tpm { get; init; }

    public bool? StateEncrypted { get; init; }

    /// <summary>Clients leave their network information out after a new login and until it changes: the previous one then holds.</summary>
    public Hostinfo WithNetInfoFrom(Hostinfo? previous) =>
        NetInfo is null && previous?.NetInfo is { } known ? this with { NetInfo = known } : this;
}
