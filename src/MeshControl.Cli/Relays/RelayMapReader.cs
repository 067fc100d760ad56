using MeshControl.Protocol.Control;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Cli.Relays;

/// <summary>Regions as clients get them, from those that the admin API tells.</summary>
internal static class RelayMapReader
{
    public static DerpRegion Read(Messages.DerpRegion region) => new()
    {
        RegionId = region.Id,
        RegionCode = region.Code,
        RegionName = region.Name,
        NoMeasureNoHome = region.NoMeasureNoHome,
        Nodes = WireList.CopyOf(region.Nodes.Select(node => Read(region.Id, node))),
    };

    private static DerpNode Read(int region, Messages.DerpNode node) => new()
    {
        Name = node.Name,
        RegionId = region,
        HostName = node.HostName,
        CertName = node.CertName.Length > 0 ? node.CertName : null,
        Ipv4 = node.Ipv4.Length > 0 ? node.Ipv4 : null,
        Ipv6 = node.Ipv6.Length > 0 ? node.Ipv6 : null,
        DerpPort = node.DerpPort,

        // The API says 0 where the map says -1.
        StunPort = node.StunPort == 0 ? -1 : node.StunPort,
        StunOnly = node.StunOnly,
        CanPort80 = node.CanPort80,
        InsecureForTests = node.InsecureForTests,
    };
}
