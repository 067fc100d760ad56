using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Http;

/// <summary>A name that is looked up for clients that cannot look it up themselves.</summary>
/// <param name="Name">As clients know it.</param>
/// <param name="Addresses">What is known without a look-up; may be empty.</param>
public sealed record BootstrapHost(string Name, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The relays of a map, each by its name and with the addresses that stand in the map.</summary>
    public static IEnumerable<BootstrapHost> Of(DerpMap map) =>
        from region in map.Regions?.Values ?? []
        where region is not null
        from node in region.Nodes ?? []
        where node is not null && node.HostName.Length > 0 && !IPAddress.TryParse(node.HostName, out _)
        select new BootstrapHost(node.HostName, [.. Parse(node.Ipv4, AddressFamily.InterNetwork), .. Parse(node.Ipv6, AddressFamily.InterNetworkV6)]);

    // A text that is no address, such as "none", turns the family off.
    private static IEnumerable<IPAddress> Parse(string? text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family ? [address] : [];
}
