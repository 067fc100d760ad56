using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>Makes the one relay map out of the part in the configuration and the files it names.</summary>
internal static class DerpMaps
{
    /// <summary>Reads the files, merges, and checks what concerns the map as a whole.</summary>
    public static DerpOptions Load(DerpOptions options, LoadContext context)
    {
        var parts = new List<DerpMap> { options.Map };
        for (var i = 0; i < options.Paths.Count; i++)
        {
            if (ReadFile($"{KeyNames.DerpPaths}[{i}]", options.Paths[i], context) is { } part)
            {
                parts.Add(part);
            }
        }

        var merged = Merge(parts);
        if (context.AreSound(KeyNames.DerpMap, KeyNames.DerpPaths))
        {
            Check(merged, options.Server is { Enabled: true, AddRegion: true }, context);
        }

        return options with { Map = merged };
    }

    /// <summary>
    /// Whole regions of a later part replace those of an earlier one, a null removes one; the factors of home regions merge alike.
    /// Sorted, so that the same map always looks the same: clients reconnect to a region that looks different.
    /// </summary>
    public static DerpMap Merge(IEnumerable<DerpMap> parts)
    {
        var regions = new SortedDictionary<int, DerpRegion?>();
        var scores = new SortedDictionary<int, double>();
        foreach (var part in parts)
        {
            foreach (var (id, region) in part.Regions ?? WireMap.Empty<int, DerpRegion?>())
            {
                regions[id] = region;
            }

            foreach (var (id, score) in part.HomeParams?.RegionScore ?? WireMap.Empty<int, double>())
            {
                scores[id] = score;
            }
        }

        return new DerpMap
        {
            Regions = WireMap.CopyOf(regions.Where(region => region.Value is not null)),
            HomeParams = scores.Count == 0 ? null : new DerpHomeParams { RegionScore = WireMap.CopyOf(scores) },
        };
    }

    private static DerpMap? ReadFile(string key, string path, LoadContext context)
    {
        var origin = context.Find(KeyNames.DerpPaths)?.Origin ?? default;
        var file = context.ReadFile(path);
        if (file.Text is null)
        {
            context.Error(
                key,
                origin,
                $"The relay map {path} cannot be read: {file.Failure}",
                "Check the path, and that the server's user may read the file.");
            return null;
        }

        var problems = new List<ConfigurationProblem>();
        var root = YamlReader.Read(path, file.Text, problems);
        context.AddErrors(problems);
        if (root is null && problems.Count == 0)
        {
            context.Error(key, origin, $"The relay map {path} is empty.", "Write regions: into it, or remove it from the list.");
        }

        return root is not null && DerpMapKind.Instance.TryRead("", root, context, out var map) ? map : null;
    }

    /// <param name="map">What is configured.</param>
    /// <param name="hasOwn">Whether the server adds a region of its own.</param>
    /// <param name="context">Where problems go.</param>
    private static void Check(DerpMap map, bool hasOwn, LoadContext context)
    {
        var regions = map.Regions!.Values.OfType<DerpRegion>().ToList();
        if (regions.Count == 0)
        {
            if (hasOwn)
            {
                return;
            }

            context.Warn(
                KeyNames.DerpMap,
                "No relay is configured. Clients do not come up without one, and reach no peer behind a firewall.",
                $"Set {KeyNames.DerpServerEnabled} to true, describe your relay in {KeyNames.DerpMap}, or name files with relay maps in {KeyNames.DerpPaths}.");
            return;
        }

        if (!hasOwn && regions.All(region => region.NoMeasureNoHome))
        {
            context.Error(
                KeyNames.DerpMap,
                "No region can be a client's home: all of them say nomeasurenohome.",
                "Leave it out for at least one region.");
        }

        var duplicates = regions
            .SelectMany(region => region.Nodes!)
            .GroupBy(node => node.Name, StringComparer.Ordinal)
            .Where(nodes => nodes.Count() > 1);
        foreach (var nodes in duplicates)
        {
            var places = string.Join(" and ", nodes.Select(node => $"region {node.RegionId}").Distinct());
            context.Error(
                KeyNames.DerpMap,
                $"{nodes.Count()} nodes are called {nodes.Key}, in {places}.",
                "Clients find nodes by their names: give each of them its own.");
        }
    }
}
