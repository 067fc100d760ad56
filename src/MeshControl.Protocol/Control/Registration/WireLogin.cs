using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>The login in a <see cref="RegisterResponse"/>. All but the picture is always on the wire.</summary>
public sealed record WireLogin
{
    [JsonPropertyName("ID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Provider { get; init => field = value ?? ""; } = "";

    /// <summary>Must not be empty on success, or the client forgets its login at the next start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string LoginName { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string DisplayName { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("ProfilePicURL")]
    public string? ProfilePicUrl { get; init; }
}
