using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary><c>POST /machine/id-token</c>: a token that proves to others which node this is.</summary>
public sealed record IdTokenRequest : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int CapVersion { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodeKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Audience { get; init => field = value ?? ""; } = "";
}
