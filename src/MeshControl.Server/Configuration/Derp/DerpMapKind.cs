using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>
/// A relay map: <c>regions</c> by number, each with <c>nodes</c>. What is read may hold null regions, which remove a region of an earlier
/// map, and is to be merged.
/// </summary>
internal sealed class DerpMapKind() : ValueKind<DerpMap>("a relay map", EnvironmentForm.None)
{
    public static readonly DerpMapKind Instance = new();

    private static readonly RecordFields<DerpMap> Fields = new RecordFields<DerpMap>("a relay map")
        .Add("regions", new RegionTable<DerpRegion>("regions", ReadRegion), (map, value) => map with { Regions = value })
        .Add("homeparams", new HomeParamsKind(), (map, value) => map with { HomeParams = value })
        .Add("omitdefaultregions", Kinds.Boolean, (map, _) => map);

    private static readonly RecordFields<DerpRegion> RegionFields = new RecordFields<DerpRegion>("a region")
        .Add("regionid", DerpKinds.RegionId, (region, value) => region with { RegionId = value })
        .Add("regioncode", Kinds.Text, (region, value) => region with { RegionCode = value })
        .Add("regionname", Kinds.Text, (region, value) => region with { RegionName = value })
        .Add("latitude", DerpKinds.Number, (region, value) => region with { Latitude = value })
        .Add("longitude", DerpKinds.Number, (region, value) => region with { Longitude = value })
        .Add("avoid", Kinds.Boolean, (region, value) => region with { Avoid = value })
        .Add("nomeasurenohome", Kinds.Boolean, (region, value) => region with { NoMeasureNoHome = value })
        .Add("nodes", new DerpNodesKind(), (region, value) => region with { Nodes = value });

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out DerpMap value) =>
        Fields.TryRead(path, node, context, new DerpMap(), out value);

    /// <summary>As JSON, which is YAML.</summary>
    public override string Format(DerpMap value) =>
        value.Regions is { Count: > 0 } ? Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(value)) : "{}";

    private static bool ReadRegion(string path, int id, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out DerpRegion region)
    {
        if (!RegionFields.TryRead(path, node, context, new DerpRegion(), out region))
        {
            return false;
        }

        var number = id.ToString(CultureInfo.InvariantCulture);
        if (region.RegionId != 0 && region.RegionId != id)
        {
            return Complain($"The region stands under {number} but says that it is {region.RegionId}.", "Make both numbers the same.");
        }

        if (region.Nodes is not { Count: > 0 } nodes)
        {
            return Complain("The region has no nodes.", "Give it a node with a name and a hostname, or write null to remove the region.");
        }

        if (nodes.All(relay => relay.StunOnly))
        {
            return Complain(
                "The region has no relay, only STUN servers: clients that choose it could not connect.", "Add a node without stunonly.");
        }

        if (nodes.FirstOrDefault(relay => relay.RegionId != 0 && relay.RegionId != id) is { } stranger)
        {
            return Complain(
                $"The node {stranger.Name} says that it belongs to region {stranger.RegionId}.",
                "Leave regionid out, or write the region's number.");
        }

        region = region with
        {
            RegionId = id,
            RegionCode = region.RegionCode.Length > 0 ? region.RegionCode : number,
            RegionName = region.RegionName.Length > 0 ? region.RegionName : $"Region {number}",
            Nodes = WireList.CopyOf(nodes.Select(relay => relay with { RegionId = id })),
        };
        return true;

        bool Complain(string message, string remedy)
        {
            context.Error(path, node.Origin, message, remedy);
            return false;
        }
    }
}
