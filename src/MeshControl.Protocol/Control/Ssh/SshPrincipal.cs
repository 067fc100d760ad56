using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Who a rule is about: any property that is set must match.</summary>
public sealed record SshPrincipal
{
    /// <summary>Stable ID.</summary>
    [JsonPropertyName("node")]
    public string? Node { get; init; }

    [JsonPropertyName("nodeIP")]
    public string? NodeIp { get; init; }

    /// <summary>Login name of the node's owner.</summary>
    [JsonPropertyName("userLogin")]
    public string? UserLogin { get; init; }

    [JsonPropertyName("any")]
    public bool Any { get; init; }
}
