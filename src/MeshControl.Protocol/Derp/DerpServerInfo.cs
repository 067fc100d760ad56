using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Derp;

/// <summary>What a relay says of itself when it lets a client in.</summary>
public sealed record DerpServerInfo
{
    [JsonPropertyName("version")]
    [JsonPropertyOrder(0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Version { get; init; }

    /// <summary>The client drops what it would send beyond this many bytes a second, frames' headers counted; 0 is no limit.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TokenBucketBytesPerSecond { get; init; }

    /// <summary>How many bytes it may send at once.</summary>
    [JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TokenBucketBytesBurst { get; init; }
}
