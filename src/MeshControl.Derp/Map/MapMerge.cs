using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>Makes one map out of the parts of several sources. Parts are values: what is made shares nothing that could change.</summary>
public static class MapMerge
{
    /// <summary>
    /// Whole regions of a later part replace those of an earlier one, a null removes one; the factors of home regions merge alike.
    /// Sorted, so that the same map always looks the same: clients reconnect to a region that looks different.
    /// </summary>
    public static MergedMap Merge(IEnumerable<MapPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var regions = new SortedDictionary<int, (DerpRegion? Region, string Source)>();
        var scores = new SortedDictionary<int, double>();
        foreach (var part in parts)
        {
            foreach (var (id, region) in part.Map.Regions ?? WireMap.Empty<int, DerpRegion?>())
            {
                regions[id] = (region, part.Source);
            }

            foreach (var (id, score) in part.Map.HomeParams?.RegionScore ?? WireMap.Empty<int, double>())
            {
                scores[id] = score;
            }
        }

        var kept = regions.Where(entry => entry.Value.Region is not null).ToList();
        var map = new DerpMap
        {
            Regions = WireMap.CopyOf(kept.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Region))),
            HomeParams = scores.Count == 0 ? null : new DerpHomeParams { RegionScore = WireMap.CopyOf(scores) },
        };
        return new MergedMap(map, kept.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value.Source));
    }

    /// <summary>
    /// Merges, but for the foreign parts that break a rule of the map as a whole which held without them: what others write must not
    /// take the operator's own regions away. Which ones that are depends on the order of the parts, not on when they came.
    /// </summary>
    public static MergedMap MergeSound(IReadOnlyList<MapPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var taken = parts.Select(part => !part.IsForeign).ToArray();
        var merged = Merge(Taken());
        var faults = MapRules.CheckWhole(merged.Map);
        var refused = ImmutableSortedDictionary.CreateBuilder<string, MapFault>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Count; i++)
        {
            if (taken[i])
            {
                continue;
            }

            taken[i] = true;
            var candidate = Merge(Taken());
            var candidateFaults = MapRules.CheckWhole(candidate.Map);
            if (candidateFaults.Except(faults).FirstOrDefault() is { } added)
            {
                taken[i] = false;
                refused[parts[i].Source] = added;
                continue;
            }

            (merged, faults) = (candidate, candidateFaults);
        }

        return merged with { Refused = refused.ToImmutable() };

        IEnumerable<MapPart> Taken() => parts.Where((_, i) => taken[i]);
    }

    /// <summary>
    /// The map as it has to be said to clients that have the one before: factors that are gone must be reset, as silence keeps them.
    /// </summary>
    public static DerpMap After(DerpMap before, DerpMap after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return after.HomeParams is null && before.HomeParams is not null
            ? after with { HomeParams = new DerpHomeParams { RegionScore = WireMap.Empty<int, double>() } }
            : after;
    }
}
