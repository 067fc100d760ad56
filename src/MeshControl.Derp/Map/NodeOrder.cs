using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>
/// In which order the members of a tailnet try the relays of a region. All try the same one first, so that relays need not forward to
/// each other, and different tailnets try different ones. By rendezvous hashing: the order is the same after every restart and refresh,
/// and a node that comes or goes leaves the others where they are.
/// </summary>
public static class NodeOrder
{
    /// <param name="map">Any map; regions may be null.</param>
    /// <param name="baseDomain">What tells tailnets apart.</param>
    public static DerpMap For(DerpMap map, string baseDomain)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(baseDomain);
        return map.Regions is not { } regions
            ? map
            : map with { Regions = WireMap.CopyOf(regions.Select(entry => KeyValuePair.Create(entry.Key, For(entry.Value, baseDomain)))) };
    }

    private static DerpRegion? For(DerpRegion? region, string baseDomain) => region?.Nodes is not { Count: > 1 } nodes
        ? region
        : region with
        {
            Nodes = WireList.CopyOf(nodes.OrderBy(node => Rank(baseDomain, node.Name)).ThenBy(node => node.Name, StringComparer.Ordinal)),
        };

    private static ulong Rank(string baseDomain, string name)
    {
        // A zero byte stands in neither, so that no two pairs make the same text.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{baseDomain}\0{name}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
