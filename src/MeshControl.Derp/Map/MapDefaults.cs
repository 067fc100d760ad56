using System.Globalization;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>Fills in what follows from where it stands: numbers of regions, their codes and names.</summary>
public static class MapDefaults
{
    /// <param name="map">Has passed <see cref="MapRules.CheckPart"/>, so that no number is overwritten by another.</param>
    public static DerpMap Fill(DerpMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map with
        {
            // For the SaaS server's own configuration; clients that saw it would carry it along.
            OmitDefaultRegions = false,
            Regions = map.Regions is not { } regions
                ? null
                : WireMap.CopyOf(regions.Select(entry => KeyValuePair.Create(entry.Key, Fill(entry.Key, entry.Value)))),
        };
    }

    private static DerpRegion? Fill(int id, DerpRegion? region)
    {
        if (region is null)
        {
            return null;
        }

        var number = id.ToString(CultureInfo.InvariantCulture);
        return region with
        {
            RegionId = id,
            RegionCode = region.RegionCode.Length > 0 ? region.RegionCode : number,
            RegionName = region.RegionName.Length > 0 ? region.RegionName : $"Region {number}",

            // With a zero here clients book the latency of the node to a region that does not exist.
            Nodes = WireList.CopyOf(region.Nodes!.Select(node => node with { RegionId = id })),
        };
    }
}
