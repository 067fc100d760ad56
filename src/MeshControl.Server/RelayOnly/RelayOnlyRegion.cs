using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MeshControl.Derp.Client;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Control;

namespace MeshControl.Server.RelayOnly;

/// <summary>What clients need to know of a relay that runs alone, and the text by which its operator tells their server.</summary>
internal static class RelayOnlyRegion
{
    /// <param name="options">Of the relay.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="stunPort">By which STUN is answered; null: it is not.</param>
    /// <param name="certificateHash">Of the certificate that nobody signed; null where there is another.</param>
    public static DerpRegion Of(RelayOnlyOptions options, int port, int? stunPort, string? certificateHash)
    {
        var id = options.RegionId.ToString(CultureInfo.InvariantCulture);
        var node = new DerpNode
        {
            Name = options.NodeName ?? id + "a",
            RegionId = options.RegionId,
            HostName = options.HostName,
            CertName = certificateHash is null ? null : PinOf(certificateHash),
            Ipv4 = Literal(options.HostName, AddressFamily.InterNetwork),
            Ipv6 = Literal(options.HostName, AddressFamily.InterNetworkV6),
            DerpPort = port == RelayEndpoint.DefaultPort ? 0 : port,
            StunPort = stunPort switch
            {
                null => -1,
                StunListener.DefaultPort => 0,
                { } other => other,
            },
        };
        return new DerpRegion
        {
            RegionId = options.RegionId,
            RegionCode = options.RegionCode ?? "relay" + id,
            RegionName = options.RegionName ?? $"Relay {id}",
            Nodes = WireList.CopyOf([node]),
        };
    }

    /// <summary>As YAML for <c>derp.map</c>, with a word of where it belongs.</summary>
    public static string ToYaml(DerpRegion region)
    {
        var node = region.Nodes![0];
        var text = new StringBuilder()
            .AppendLine("# For the configuration of the coordination server, or a file in derp.paths there (without \"derp:\" and \"map:\" then).")
            .AppendLine("# Several relays of one region are several nodes of it, each with a name of its own.")
            .AppendLine("derp:")
            .AppendLine("  map:")
            .AppendLine("    regions:")
            .AppendLine(CultureInfo.InvariantCulture, $"      {region.RegionId}:")
            .AppendLine(CultureInfo.InvariantCulture, $"        regionid: {region.RegionId}")
            .AppendLine(CultureInfo.InvariantCulture, $"        regioncode: {Quoted(region.RegionCode)}")
            .AppendLine(CultureInfo.InvariantCulture, $"        regionname: {Quoted(region.RegionName)}")
            .AppendLine("        nodes:")
            .AppendLine(CultureInfo.InvariantCulture, $"          - name: {Quoted(node.Name)}")
            .AppendLine(CultureInfo.InvariantCulture, $"            hostname: {Quoted(node.HostName)}");
        Add("certname", node.CertName is { } certName ? Quoted(certName) : null);
        Add("ipv4", node.Ipv4 is { } ipv4 ? Quoted(ipv4) : null);
        Add("ipv6", node.Ipv6 is { } ipv6 ? Quoted(ipv6) : null);
        Add("derpport", node.DerpPort == 0 ? null : node.DerpPort.ToString(CultureInfo.InvariantCulture));
        Add("stunport", node.StunPort == 0 ? null : node.StunPort.ToString(CultureInfo.InvariantCulture));
        return text.ToString();

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"            {key}: {value}");
            }
        }
    }

    /// <summary>How other relays of the region name this one.</summary>
    public static string ToMeshPeer(DerpRegion region)
    {
        var node = region.Nodes![0];
        var endpoint = new RelayEndpoint(node.HostName, node.DerpPort == 0 ? RelayEndpoint.DefaultPort : node.DerpPort);
        return $"https://{endpoint.Authority}{(node.CertName is null ? "" : "#" + node.CertName)}";
    }

    private static string PinOf(string hash) => "sha256-raw:" + hash;

    /// <summary>Names may hold anything; in YAML this is plain text whatever they hold.</summary>
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string? Literal(string host, AddressFamily family) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == family ? address.ToString() : null;
}
