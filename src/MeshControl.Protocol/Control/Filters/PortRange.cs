using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>Ports from first to last, both included and always written out.</summary>
public sealed record PortRange
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ushort First { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ushort Last { get; init; }

    /// <summary>Every port; the only range that port-less protocols match.</summary>
    public static PortRange All { get; } = new() { First = 0, Last = ushort.MaxValue };

    public static PortRange Single(ushort port) => new() { First = port, Last = port };
}
