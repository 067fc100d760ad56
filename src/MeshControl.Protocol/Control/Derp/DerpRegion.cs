using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>One region of relays. ID, code, name and nodes are always on the wire.</summary>
public sealed record DerpRegion
{
    [JsonPropertyName("RegionID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int RegionId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string RegionCode { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string RegionName { get; init => field = value ?? ""; } = "";

    public double Latitude { get; init; }

    public double Longitude { get; init; }

    public bool Avoid { get; init; }

    public bool NoMeasureNoHome { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireList<DerpNode>? Nodes { get; init; }
}
