using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>How to reach the server other than by DNS. An empty list of candidates means DNS again, so it is always on the wire.</summary>
public sealed record ControlDialPlan
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireList<ControlIpCandidate>? Candidates { get; init; }
}
