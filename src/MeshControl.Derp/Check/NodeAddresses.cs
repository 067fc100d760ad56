using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Client;
using MeshControl.Derp.Map;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Check;

/// <summary>Where a node of the map is, as clients read it.</summary>
internal static class NodeAddresses
{
    public static int StunPortOf(DerpNode node) => node.StunPort == 0 ? StunListener.DefaultPort : node.StunPort;

    public static RelayEndpoint Endpoint(DerpNode node, AddressFamily family) =>
        new(node.HostName, node.DerpPort == 0 ? RelayEndpoint.DefaultPort : node.DerpPort)
        {
            Addresses = Literal(node, family) is { } address ? [address] : [],
            Family = family,
            CertName = node.CertName is { Length: > 0 } name ? name : null,
            TakesAnyCertificate = node.InsecureForTests,
        };

    /// <summary>Whether the map says that there is nothing of that family.</summary>
    public static bool IsOff(DerpNode node, AddressFamily family) => Text(node, family) == RelayText.NoAddress;

    /// <returns>Null when there is none.</returns>
    public static async Task<IPAddress?> FindAsync(DerpNode node, AddressFamily family, CancellationToken cancellationToken)
    {
        if (Literal(node, family) is { } written)
        {
            return written;
        }

        if (IPAddress.TryParse(node.HostName, out var host))
        {
            return host.AddressFamily == family ? host : null;
        }

        try
        {
            return (await Dns.GetHostAddressesAsync(node.HostName, family, cancellationToken)).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IPAddress? Literal(DerpNode node, AddressFamily family) => IPAddress.TryParse(Text(node, family), out var address) ? address : null;

    private static string? Text(DerpNode node, AddressFamily family) => family == AddressFamily.InterNetwork ? node.Ipv4 : node.Ipv6;
}
