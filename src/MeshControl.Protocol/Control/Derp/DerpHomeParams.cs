namespace MeshControl.Protocol.Control;

/// <summary>How clients weigh regions when they choose their home.</summary>
public sealed record DerpHomeParams
{
    /// <summary>Factor for the latency by region. Null keeps the previous scores, empty resets them.</summary>
    public WireMap<int, double>? RegionScore { get; init; }
}
