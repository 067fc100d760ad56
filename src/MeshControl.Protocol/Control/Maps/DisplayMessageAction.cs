using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>The button beside a <see cref="DisplayMessage"/>.</summary>
public sealed record DisplayMessageAction
{
    [JsonPropertyName("URL")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Url { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Label { get; init => field = value ?? ""; } = "";
}
