using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Printing;

/// <summary><c>derpMap</c> of a policy, in its one form.</summary>
internal static class DerpMapPrinter
{
    public static void Write(Utf8JsonWriter writer, DerpMap map, ImmutableArray<int> removed)
    {
        writer.WriteStartObject("derpMap");
        WriteFlag(writer, "OmitDefaultRegions", map.OmitDefaultRegions);
        writer.WriteStartObject("Regions");
        foreach (var id in removed)
        {
            writer.WriteNull(id.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var region in map.Regions?.Values.OfType<DerpRegion>() ?? [])
        {
            WriteRegion(writer, region);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteRegion(Utf8JsonWriter writer, DerpRegion region)
    {
        writer.WriteStartObject(region.RegionId.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("RegionID", region.RegionId);
        writer.WriteString("RegionCode", region.RegionCode);
        writer.WriteString("RegionName", region.RegionName);
        WriteNumber(writer, "Latitude", region.Latitude);
        WriteNumber(writer, "Longitude", region.Longitude);
        WriteFlag(writer, "Avoid", region.Avoid);
        WriteFlag(writer, "NoMeasureNoHome", region.NoMeasureNoHome);
        writer.WriteStartArray("Nodes");
        foreach (var node in region.Nodes ?? [])
        {
            WriteNode(writer, node);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, DerpNode node)
    {
        writer.WriteStartObject();
        writer.WriteString("Name", node.Name);
        writer.WriteNumber("RegionID", node.RegionId);
        writer.WriteString("HostName", node.HostName);
        WriteText(writer, "CertName", node.CertName);
        WriteText(writer, "IPv4", node.Ipv4);
        WriteText(writer, "IPv6", node.Ipv6);
        WriteNumber(writer, "STUNPort", node.StunPort);
        WriteFlag(writer, "STUNOnly", node.StunOnly);
        WriteNumber(writer, "DERPPort", node.DerpPort);
        WriteFlag(writer, "InsecureForTests", node.InsecureForTests);
        WriteText(writer, "STUNTestIP", node.StunTestIp);
        WriteFlag(writer, "CanPort80", node.CanPort80);
        writer.WriteEndObject();
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
