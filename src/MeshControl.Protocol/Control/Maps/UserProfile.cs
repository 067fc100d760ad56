using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>What clients show of a user. ID and names are always on the wire.</summary>
public sealed record UserProfile : IControlMessage
{
    [JsonPropertyName("ID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Id { get; init; }

    /// <summary>Never empty; compared as it is by SSH rules.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string LoginName { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string DisplayName { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("ProfilePicURL")]
    public string? ProfilePicUrl { get; init; }

    public WireList<string>? Groups { get; init; }
}
