using System.Globalization;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>
/// What a relay map has to keep to. Each rule stands for something that broke clients: they find regions by number and nodes by name,
/// and crash, or stay without a home, when these do not fit.
/// </summary>
public static class MapRules
{
    /// <summary>Clients pack the region into the port number of an address.</summary>
    public const int MaxRegionId = ushort.MaxValue;

    /// <summary>The rules for one part by itself, as it was written: what <see cref="MapDefaults"/> fills in may be missing.</summary>
    public static IEnumerable<MapFault> CheckPart(DerpMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var regions = map.Regions ?? WireMap.Empty<int, DerpRegion?>();
        var scores = map.HomeParams?.RegionScore ?? WireMap.Empty<int, double>();
        return regions.SelectMany(entry => CheckRegion($"regions.{Number(entry.Key)}", entry.Key, entry.Value)).Concat(scores
            .Where(entry => !(double.IsFinite(entry.Value) && entry.Value > 0))
            .Select(entry => new MapFault(
                $"homeparams.regionscore.{Number(entry.Key)}",
                "Clients disregard factors that are not above 0.",
                "Write less than 1 to prefer the region, more than 1 to avoid it.")));
    }

    /// <summary>The rules between regions, for a map that was merged. A map without regions breaks none.</summary>
    public static IReadOnlyList<MapFault> CheckWhole(DerpMap map)
    {
        var regions = RegionsOf(map).ToList();
        return regions.Count == 0 || regions.Exists(region => !region.NoMeasureNoHome)
            ? CheckNames(map)
            :
            [
                .. CheckNames(map),
                new MapFault(
                    "", "No region can be a client's home: all of them say nomeasurenohome.", "Leave it out for at least one region."),
            ];
    }

    /// <summary>Of <see cref="CheckWhole"/> what another source cannot mend: that each node has a name of its own.</summary>
    public static IReadOnlyList<MapFault> CheckNames(DerpMap map) =>
    [
        .. RegionsOf(map)
            .SelectMany(region => region.Nodes!)
            .GroupBy(node => node.Name, StringComparer.Ordinal)
            .Where(nodes => nodes.Count() > 1)
            .Select(nodes => new MapFault(
                "",
                $"{nodes.Count()} nodes are called {nodes.Key}, in "
                    + string.Join(" and ", nodes.Select(node => $"region {node.RegionId}").Distinct()) + ".",
                "Clients find nodes by their names: give each of them its own.")),
    ];

    /// <summary>The nodes whose certificates clients would not check.</summary>
    public static IEnumerable<(string Path, DerpNode Node)> Unchecked(DerpMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return
            from entry in map.Regions ?? WireMap.Empty<int, DerpRegion?>()
            from node in (entry.Value?.Nodes ?? WireList.Empty<DerpNode>()).Index()
            where node.Item.InsecureForTests
            select ($"regions.{Number(entry.Key)}.nodes[{node.Index}]", node.Item);
    }

    /// <summary>The map with all certificates checked.</summary>
    public static DerpMap WithChecks(DerpMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return !Unchecked(map).Any() ? map : map with
        {
            Regions = WireMap.CopyOf(map.Regions!.Select(entry => KeyValuePair.Create(entry.Key, WithChecks(entry.Value)))),
        };
    }

    private static DerpRegion? WithChecks(DerpRegion? region) => region?.Nodes is not { } nodes
        ? region
        : region with { Nodes = WireList.CopyOf(nodes.Select(node => node with { InsecureForTests = false })) };

    private static IEnumerable<MapFault> CheckRegion(string path, int id, DerpRegion? region)
    {
        if (id is < 1 or > MaxRegionId)
        {
            return [Fault(
                $"\"{Number(id)}\" is not the number of a region.",
                $"Write a number from 1 to {MaxRegionId}; 900 to 999 are meant for relays of one's own.")];
        }

        if (region is null)
        {
            return [];
        }

        if (region.RegionId != 0 && region.RegionId != id)
        {
            return [Fault($"The region stands under {Number(id)} but says that it is {region.RegionId}.", "Make both numbers the same.")];
        }

        if (region.Nodes is not { Count: > 0 } nodes)
        {
            return [Fault("The region has no nodes.", "Give it a node with a name and a hostname, or write null to remove the region.")];
        }

        if (nodes.All(node => node.StunOnly))
        {
            return [Fault(
                "The region has no relay, only STUN servers: clients that choose it could not connect.", "Add a node without stunonly.")];
        }

        if (nodes.FirstOrDefault(node => node.RegionId != 0 && node.RegionId != id) is { } stranger)
        {
            return [Fault(
                $"The node {stranger.Name} says that it belongs to region {stranger.RegionId}.",
                "Leave regionid out, or write the region's number.")];
        }

        return nodes.Select((node, i) => NodeRules.Check($"{path}.nodes[{Number(i)}]", node)).OfType<MapFault>();

        MapFault Fault(string message, string remedy) => new(path, message, remedy);
    }

    private static IEnumerable<DerpRegion> RegionsOf(DerpMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return (map.Regions ?? WireMap.Empty<int, DerpRegion?>()).Values.OfType<DerpRegion>();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
