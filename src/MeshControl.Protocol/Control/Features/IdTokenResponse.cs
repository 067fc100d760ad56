using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Answer to <see cref="IdTokenRequest"/>.</summary>
public sealed record IdTokenResponse : IControlMessage
{
    [JsonPropertyName("id_token")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string IdToken { get; init => field = value ?? ""; } = "";
}
