using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>Answer to <c>GET /key</c>. Both keys are always on the wire; the legacy one stays zero.</summary>
public sealed record ServerKeyResponse : IControlMessage
{
    [JsonPropertyName("legacyPublicKey")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public MachinePublicKey LegacyPublicKey { get; init; }

    /// <summary>The server's static key of the Noise handshake.</summary>
    [JsonPropertyName("publicKey")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public MachinePublicKey PublicKey { get; init; }
}
