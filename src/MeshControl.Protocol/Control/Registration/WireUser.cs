using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>The user in a <see cref="RegisterResponse"/>. ID and display name are always on the wire.</summary>
public sealed record WireUser
{
    /// <summary>Greater than zero on success; unique for the control URL.</summary>
    [JsonPropertyName("ID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string DisplayName { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("ProfilePicURL")]
    public string? ProfilePicUrl { get; init; }

    public DateTimeOffset? Created { get; init; }
}
