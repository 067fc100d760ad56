using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Answer to <see cref="DerpVerifyRequest"/>; always written out.</summary>
public sealed record DerpVerifyResponse : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Allow { get; init; }
}
