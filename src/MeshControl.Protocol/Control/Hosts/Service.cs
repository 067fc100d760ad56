using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Something that listens on a host. Protocol and port are always on the wire.</summary>
public sealed record Service
{
    /// <summary><c>tcp</c>, <c>udp</c>, or one of <see cref="ServiceProtocols"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Proto { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ushort Port { get; init; }

    public string? Description { get; init; }
}
