using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>An extra record, <c>A</c> (also if the type is not set) or <c>AAAA</c>. Name and value are always on the wire.</summary>
public sealed record DnsRecord
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Name { get; init => field = value ?? ""; } = "";

    public string? Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Value { get; init => field = value ?? ""; } = "";
}
