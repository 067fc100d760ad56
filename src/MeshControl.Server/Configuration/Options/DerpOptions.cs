using MeshControl.Protocol.Control;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Where the map of the relays comes from that clients are told about.</summary>
public sealed record DerpOptions
{
    /// <summary>What the configuration itself describes; a null region removes nothing, as nothing comes before.</summary>
    public DerpMap Map { get; init; } = new() { Regions = WireMap.Empty<int, DerpRegion?>() };

    /// <summary>Maps of others, merged after <see cref="Map"/> in this order.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>Files with maps, merged after those of others.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What stood in these files when the configuration was loaded, in the same order.</summary>
    public IReadOnlyList<DerpMap> Files { get; init; } = [];

    /// <summary>Whether URLs and files are looked at again while the server runs.</summary>
    public bool AutoUpdate { get; init; } = true;

    /// <summary>How long lies between two looks.</summary>
    public TimeSpan UpdateFrequency { get; init; } = TimeSpan.FromHours(3);

    /// <summary>The server's own relay.</summary>
    public required DerpServerOptions Server { get; init; }

    /// <summary>What relays of others may ask.</summary>
    public DerpVerifyOptions Verify { get; init; } = new();
}
