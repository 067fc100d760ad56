using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Answer to <see cref="FeatureQueryRequest"/>; not set properties are left out.</summary>
public sealed record FeatureQueryResponse : IControlMessage
{
    /// <summary>Nothing is to be done.</summary>
    public bool Complete { get; init; }

    /// <summary>Shown to the user, with the URL.</summary>
    public string? Text { get; init; }

    [JsonPropertyName("URL")]
    public string? Url { get; init; }

    /// <summary>The client waits until its capabilities arrive by the map.</summary>
    public bool ShouldWait { get; init; }
}
