using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Tests.Map;

/// <summary>Small relay maps.</summary>
internal static class Maps
{
    public static DerpNode Node(string name) => new() { Name = name, HostName = $"{name}.example" };

    public static DerpRegion Region(params string[] nodes) => new() { Nodes = WireList.CopyOf(nodes.Select(Node)) };

    public static DerpMap Of(params (int Id, DerpRegion? Region)[] regions) =>
        new() { Regions = WireMap.CopyOf(regions.Select(region => KeyValuePair.Create(region.Id, region.Region))) };

    /// <summary>As a source gives it, after checks.</summary>
    public static MapPart Part(string source, DerpMap map, bool isForeign = false)
    {
        Assert.Empty(MapRules.CheckPart(map));
        return new MapPart(source, MapDefaults.Fill(map), isForeign);
    }
}
