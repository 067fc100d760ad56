using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary><c>POST /machine/feature/query</c>: how can this feature be turned on?</summary>
public sealed record FeatureQueryRequest : IControlMessage
{
    /// <summary><c>serve</c> or <c>funnel</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Feature { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodeKey { get; init; }
}
