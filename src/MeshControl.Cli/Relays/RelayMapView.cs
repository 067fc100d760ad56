using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.Collections;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Relays;

/// <summary>The relay map as it is shown.</summary>
internal static class RelayMapView
{
    public static IReadOnlyList<Column<RelayRow>> Columns { get; } =
    [
        new("Region", row => Number(row.Region.Id)),
        new("Code", row => row.Region.Code),
        new("Region name", row => row.Region.Name, Rank: 3),
        new("Node", row => row.Node.Name),
        new("Host", row => row.Node.HostName),
        new("Addresses", row => string.Join(", ", new[] { row.Node.Ipv4, row.Node.Ipv6 }.Where(address => address.Length > 0)), Rank: 4),
        new("Relay", row => row.Node.StunOnly ? TimeText.None : $"tcp {Number(row.Node.DerpPort)}", Rank: 1),
        new("STUN", row => row.Node.StunPort == 0 ? TimeText.None : $"udp {Number(row.Node.StunPort)}", Rank: 2),
        new("Source", row => row.Region.Source, Rank: 5),
    ];

    public static IEnumerable<RelayRow> Rows(RepeatedField<DerpRegion> regions) =>
        regions.SelectMany(region => region.Nodes.Select(node => new RelayRow(region, node)));

    /// <summary>What is wrong with the sources, as sentences.</summary>
    public static IEnumerable<string> Warnings(GetDerpMapResponse map)
    {
        foreach (var source in map.Sources.Where(source => source.Problem.Length > 0))
        {
            var before = source.ReadAt is null ? "" : $" In the map is what it said on {TimeText.Show(source.ReadAt).Text} UTC.";
            yield return $"{source.Name} cannot be used: {source.Problem.TrimEnd('.')}.{before}";
        }

        if (map.Regions.Count == 0)
        {
            yield return "There is no relay in the map: clients do not come up.";
        }
    }

    public static JsonNode ToJson(GetDerpMapResponse map) => new JsonObject
    {
        ["regions"] = new JsonArray([.. map.Regions.Select(ToJson)]),
        ["sources"] = new JsonArray([.. map.Sources.Select(ToJson)]),
    };

    private static JsonObject ToJson(DerpRegion region) => new()
    {
        ["id"] = region.Id,
        ["code"] = region.Code,
        ["name"] = region.Name,
        ["no_measure_no_home"] = region.NoMeasureNoHome,
        ["source"] = region.Source,
        ["nodes"] = new JsonArray([.. region.Nodes.Select(ToJson)]),
    };

    private static JsonObject ToJson(DerpNode node) => new()
    {
        ["name"] = node.Name,
        ["host_name"] = node.HostName,
        ["cert_name"] = node.CertName,
        ["ipv4"] = node.Ipv4,
        ["ipv6"] = node.Ipv6,
        ["derp_port"] = node.DerpPort,
        ["stun_port"] = node.StunPort,
        ["stun_only"] = node.StunOnly,
        ["can_port80"] = node.CanPort80,
        ["insecure_for_tests"] = node.InsecureForTests,
    };

    private static JsonObject ToJson(DerpSource source) => new()
    {
        ["name"] = source.Name,
        ["kind"] = source.Kind switch
        {
            DerpSourceKind.Configuration => "configuration",
            DerpSourceKind.Url => "url",
            DerpSourceKind.File => "file",
            DerpSourceKind.OwnRelay => "own_relay",
            _ => "unspecified",
        },
        ["read_at"] = TimeText.ToJson(source.ReadAt),
        ["problem"] = source.Problem,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
