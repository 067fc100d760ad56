using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary><c>PATCH /machine/set-device-attr</c>: posture attributes; a null value deletes.</summary>
public sealed record SetDeviceAttributesRequest : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Version { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodeKey { get; init; }

    public WireMap<string, RawJson>? Update { get; init; }
}
