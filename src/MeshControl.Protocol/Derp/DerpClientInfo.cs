using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Derp;

/// <summary>What a client says of itself when it logs in. Names are matched without regard to case; unknown members are skipped.</summary>
public sealed record DerpClientInfo
{
    /// <summary>Makes the client a mesh peer if it is the relay's own. Null is left out.</summary>
    [JsonPropertyName("meshKey")]
    [JsonPropertyOrder(0)]
    [JsonConverter(typeof(DerpMeshKeyConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DerpMeshKey? MeshKey { get; init; }

    [JsonPropertyName("version")]
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Version { get; init; }

    /// <summary>Whether it answers pings.</summary>
    [JsonPropertyOrder(2)]
    public bool CanAckPings { get; init; }

    [JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsProber { get; init; }
}
