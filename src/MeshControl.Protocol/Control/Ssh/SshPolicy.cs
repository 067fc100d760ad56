using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Who may log in by SSH. Without rules nobody may, so they are always on the wire.</summary>
public sealed record SshPolicy
{
    [JsonPropertyName("rules")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireList<SshRule>? Rules { get; init; }
}
