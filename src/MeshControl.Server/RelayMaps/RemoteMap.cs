using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Derp;

namespace MeshControl.Server.RelayMaps;

/// <summary>A URL and what is known of the map there. Guarded by the gate of <see cref="RelayMapService"/>.</summary>
internal sealed class RemoteMap(Uri url)
{
    public Uri Url { get; } = url;

    public string Name => Url.AbsoluteUri;

    /// <summary>The last that could be used; null: none yet.</summary>
    public DerpMap? Map { get; private set; }

    /// <summary>The text of <see cref="Map"/>.</summary>
    public MapCopy? Copy { get; private set; }

    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>Why what is there now is not used; null when it is.</summary>
    public string? Problem { get; set; }

    /// <summary>How often in a row it could not be used.</summary>
    public int Failures { get; set; }

    /// <summary>The problem that the log was told of; null: none, or it was told that it is over.</summary>
    public string? Reported { get; set; }

    /// <summary>Reads a text of this URL.</summary>
    /// <param name="copy">Of this URL.</param>
    /// <param name="problem">Why it cannot be used.</param>
    public DerpMap? Read(MapCopy copy, out string problem)
    {
        var map = DerpMapDocument.Read(Name, copy.Text, isForeign: true, out problem);
        if (map is { Regions: null or { Count: 0 } })
        {
            problem = "It holds no region.";
            return null;
        }

        return map;
    }

    public void Take(DerpMap map, MapCopy copy) => (Map, Copy) = (map, copy);

    /// <summary>
    /// The part that it has in the map of a tailnet. Nobody but the operator may say that certificates need no check, and the order of
    /// nodes is ours: there, it means nothing or changes with each answer.
    /// </summary>
    public static DerpMap Adapt(DerpMap map, string baseDomain) => NodeOrder.For(MapRules.WithChecks(map), baseDomain);
}
