using System.Collections.Immutable;
using System.Globalization;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>derpMap</c>: relays of the tailnet's own, and regions that are not to be used.</summary>
internal static class DerpMapReader
{
    private static readonly string[] Known = ["OmitDefaultRegions", "Regions"];

    private static readonly string[] KnownOfRegion =
        ["RegionID", "RegionCode", "RegionName", "Latitude", "Longitude", "Avoid", "NoMeasureNoHome", "Nodes"];

    private static readonly string[] KnownOfNode =
    [
        "Name", "RegionID", "HostName", "CertName", "IPv4", "IPv6", "STUNPort", "STUNOnly", "DERPPort", "InsecureForTests", "STUNTestIP",
        "CanPort80",
    ];

    public static (DerpMap? Map, ImmutableArray<int> Removed) Read(ReadContext context, HuJsonValue? section)
    {
        if (section is null || MemberReader.Read(context, section, "derpMap", Known) is not { } map)
        {
            return (null, []);
        }

        var regions = new List<KeyValuePair<int, DerpRegion?>>();
        var removed = ImmutableArray.CreateBuilder<int>();
        var seen = new HashSet<int>();
        foreach (var (name, position, value) in context.Table(map["Regions"], "Regions"))
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0 || !seen.Add(id))
            {
                context.Report(position, $"derpMap: {QuotedText.Of(name)} is no number of a region, or stands here twice");
                break;
            }

            if (value.Kind == HuJsonKind.Null)
            {
                removed.Add(id);
            }
            else if (ReadRegion(context, value, id) is { } region)
            {
                regions.Add(new(id, region));
            }
        }

        var read = new DerpMap
        {
            OmitDefaultRegions = context.Flag(map["OmitDefaultRegions"], "OmitDefaultRegions"),
            Regions = WireMap.CopyOf(regions),
        };
        return (read, removed.ToImmutable());
    }

    private static DerpRegion? ReadRegion(ReadContext context, HuJsonValue value, int id)
    {
        if (MemberReader.Read(context, value, "a region of derpMap", KnownOfRegion) is not { } region)
        {
            return null;
        }

        CheckId(context, region, id);
        return new DerpRegion
        {
            RegionId = id,
            RegionCode = context.String(region["RegionCode"], "RegionCode") ?? "",
            RegionName = context.String(region["RegionName"], "RegionName") ?? "",
            Latitude = ReadNumber(context, region["Latitude"], "Latitude"),
            Longitude = ReadNumber(context, region["Longitude"], "Longitude"),
            Avoid = context.Flag(region["Avoid"], "Avoid"),
            NoMeasureNoHome = context.Flag(region["NoMeasureNoHome"], "NoMeasureNoHome"),
            Nodes = WireList.CopyOf(context.List(region["Nodes"], "Nodes").Select(node => ReadNode(context, node, id)).OfType<DerpNode>()),
        };
    }

    private static DerpNode? ReadNode(ReadContext context, HuJsonValue value, int region)
    {
        if (MemberReader.Read(context, value, "a node of derpMap", KnownOfNode) is not { } node)
        {
            return null;
        }

        CheckId(context, node, region);
        var name = context.String(node["Name"], "Name") ?? "";
        var host = context.String(node["HostName"], "HostName") ?? "";
        if (name.Length == 0 || host.Length == 0)
        {
            context.Report(value.Position, "a node of derpMap needs Name and HostName");
        }

        return new DerpNode
        {
            Name = name,
            RegionId = region,
            HostName = host,
            CertName = context.String(node["CertName"], "CertName"),
            Ipv4 = context.String(node["IPv4"], "IPv4"),
            Ipv6 = context.String(node["IPv6"], "IPv6"),
            StunPort = ReadInteger(context, node["STUNPort"], "STUNPort"),
            StunOnly = context.Flag(node["STUNOnly"], "STUNOnly"),
            DerpPort = ReadInteger(context, node["DERPPort"], "DERPPort"),
            InsecureForTests = context.Flag(node["InsecureForTests"], "InsecureForTests"),
            StunTestIp = context.String(node["STUNTestIP"], "STUNTestIP"),
            CanPort80 = context.Flag(node["CanPort80"], "CanPort80"),
        };
    }

    private static void CheckId(ReadContext context, MemberReader members, int id)
    {
        if (members["RegionID"] is { } value && ReadInteger(context, value, "RegionID") != id)
        {
            context.Report(value.Position, $"RegionID must be the number of the region, {id}, or be left out");
        }
    }

    private static int ReadInteger(ReadContext context, HuJsonValue? value, string member)
    {
        var number = 0;
        if (value is not null
            && (value.Kind != HuJsonKind.Number
                || !int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)))
        {
            context.Report(value.Position, $"{QuotedText.Of(member)} must be a whole number");
        }

        return number;
    }

    private static double ReadNumber(ReadContext context, HuJsonValue? value, string member)
    {
        var number = 0.0;
        if (value is not null
            && (value.Kind != HuJsonKind.Number
                || !double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                || !double.IsFinite(number)))
        {
            context.Report(value.Position, $"{QuotedText.Of(member)} must be a number");
        }

        return number;
    }
}
