using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>What the server says on a Noise channel before HTTP/2 starts. Always written out.</summary>
public sealed record EarlyNoise : IControlMessage
{
    [JsonPropertyName("nodeKeyChallenge")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChallengePublicKey NodeKeyChallenge { get; init; }
}
