using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>The one map that comes of several parts.</summary>
/// <param name="Map">In canonical form: sorted by region, without null regions. The same content is always the same text.</param>
/// <param name="Origins">The source of each region.</param>
public sealed record MergedMap(DerpMap Map, ImmutableSortedDictionary<int, string> Origins)
{
    /// <summary>What was left out, by source, and why.</summary>
    public ImmutableSortedDictionary<string, MapFault> Refused { get; init; } = ImmutableSortedDictionary<string, MapFault>.Empty;
}
