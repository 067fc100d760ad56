using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>What the client should know about newer releases.</summary>
public sealed record ClientVersion
{
    public bool RunningLatest { get; init; }

    public string? LatestVersion { get; init; }

    public bool UrgentSecurityUpdate { get; init; }

    public bool Notify { get; init; }

    [JsonPropertyName("NotifyURL")]
    public string? NotifyUrl { get; init; }

    public string? NotifyText { get; init; }
}
