using System.Collections.Immutable;
using System.Security.Cryptography;
using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;

namespace MeshControl.Server.RelayMaps;

/// <summary>The relay map as clients have it, with its text.</summary>
/// <param name="Map">In canonical form.</param>
/// <param name="Origins">The source of each region.</param>
/// <param name="Json">As it is served.</param>
/// <param name="Tag">Of that text, in quotes: another text has another one.</param>
internal sealed record PublishedMap(DerpMap Map, ImmutableSortedDictionary<int, string> Origins, ReadOnlyMemory<byte> Json, string Tag)
{
    public static PublishedMap Empty { get; } = Of(MapMerge.Merge([]));

    public static PublishedMap Of(MergedMap merged)
    {
        var json = ControlJson.SerializeToUtf8Bytes(merged.Map);
        return new PublishedMap(merged.Map, merged.Origins, json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"");
    }
}
