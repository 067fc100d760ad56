using System.Net;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary><c>POST /verify</c>: a relay asks whether a client belongs to this network.</summary>
public sealed record DerpVerifyRequest : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodePublic { get; init; }

    public IPAddress? Source { get; init; }
}
