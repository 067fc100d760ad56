using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>A health message. Title, text and severity are always on the wire.</summary>
public sealed record DisplayMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Title { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Text { get; init => field = value ?? ""; } = "";

    /// <summary><c>high</c>, <c>medium</c> or <c>low</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Severity { get; init => field = value ?? ""; } = "";

    public bool ImpactsConnectivity { get; init; }

    public DisplayMessageAction? PrimaryAction { get; init; }
}
