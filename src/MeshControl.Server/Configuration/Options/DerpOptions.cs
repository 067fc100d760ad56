using MeshControl.Protocol.Control;

namespace MeshControl.Server.Configuration.Options;

/// <summary>The relays clients are told about.</summary>
public sealed record DerpOptions
{
    /// <summary>
    /// The effective map: what the configuration describes, then the files, later ones winning. Sorted by region, without null regions.
    /// </summary>
    public DerpMap Map { get; init; } = new() { Regions = WireMap.Empty<int, DerpRegion?>() };

    /// <summary>The files the map was read from.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The server's own relay.</summary>
    public required DerpServerOptions Server { get; init; }

    /// <summary>What relays of others may ask.</summary>
    public DerpVerifyOptions Verify { get; init; } = new();
}
