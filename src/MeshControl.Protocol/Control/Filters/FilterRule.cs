using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// A rule for traffic into a node: either destinations and ports, or capabilities. The old <c>SrcBits</c> does not exist
/// here, as its presence makes clients drop the whole filter. The sources are always on the wire.
/// </summary>
public sealed record FilterRule
{
    /// <summary>Address, prefix without host bits, range <c>a-b</c>, <c>*</c> or <c>cap:name</c>.</summary>
    [JsonPropertyName("SrcIPs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireList<string>? SrcIps { get; init; }

    public WireList<NetPortRange>? DstPorts { get; init; }

    /// <summary>Null: TCP, UDP and ICMP.</summary>
    [JsonPropertyName("IPProto")]
    public WireList<int>? IpProto { get; init; }

    public WireList<CapGrant>? CapGrant { get; init; }
}
