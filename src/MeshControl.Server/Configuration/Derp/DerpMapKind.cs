using System.Diagnostics.CodeAnalysis;
using System.Text;
using MeshControl.Derp.Map;
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

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out DerpMap value)
    {
        if (!Fields.TryRead(path, node, context, new DerpMap(), out value))
        {
            return false;
        }

        var faults = MapRules.CheckPart(value).ToList();
        foreach (var fault in faults)
        {
            context.Error(Within(path, fault.Path), NodePath.Nearest(node, fault.Path).Origin, fault.Message, fault.Remedy);
        }

        if (faults.Count > 0)
        {
            return false;
        }

        foreach (var (place, relay) in MapRules.Unchecked(value))
        {
            context.Warn(
                Within(path, place),
                NodePath.Nearest(node, place).Origin,
                $"Clients will not check the certificate of the node {relay.Name}.",
                "Remove insecurefortests outside of tests; certname can name the hash of a certificate of one's own.");
        }

        value = MapDefaults.Fill(value);
        return true;
    }

    /// <summary>As JSON, which is YAML.</summary>
    public override string Format(DerpMap value) =>
        value.Regions is { Count: > 0 } ? Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(value)) : "{}";

    private static bool ReadRegion(string path, int id, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out DerpRegion region) =>
        RegionFields.TryRead(path, node, context, new DerpRegion(), out region);

    private static string Within(string path, string place) => path.Length == 0 ? place : $"{path}.{place}";
}
