using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// The relays. Regions that are absent in a later map stay as they were. Keep the order of everything stable: a region that
/// looks different closes the client's connection to it.
/// </summary>
public sealed record DerpMap : IControlMessage
{
    /// <summary>By region ID, which the region repeats. Clients drop null regions.</summary>
    public WireMap<int, DerpRegion?>? Regions { get; init; }

    public DerpHomeParams? HomeParams { get; init; }

    /// <summary>For the server's own configuration; clients ignore it.</summary>
    [JsonPropertyName("omitDefaultRegions")]
    public bool OmitDefaultRegions { get; init; }
}
