using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Addresses and ports of a destination, always written out.</summary>
public sealed record NetPortRange
{
    /// <summary>Forms as in <see cref="FilterRule.SrcIps"/>, but for <c>cap:</c>.</summary>
    [JsonPropertyName("IP")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Ip { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public PortRange Ports { get; init => field = value ?? new(); } = new();
}
