using System.Net;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Values;

/// <summary><c>address:port</c>, <c>[address]:port</c> or <c>:port</c> for every address.</summary>
internal static class ListenText
{
    public static Parsed<ListenAddress> Parse(string text)
    {
        const string remedy = "Write it like 127.0.0.1:8080, [::1]:8080, or :8080 for all addresses of this machine.";
        if (!EndpointText.TrySplit(text, out var host, out var port))
        {
            return Parsed<ListenAddress>.Bad($"\"{text}\" is not an address with a port.", remedy);
        }

        if (host.Length == 0)
        {
            return new ListenAddress(IPAddress.IPv6Any, port);
        }

        if (host == "localhost")
        {
            return new ListenAddress(IPAddress.Loopback, port);
        }

        return AddressText.TryParse(host, out var address)
            ? new ListenAddress(address, port)
            : Parsed<ListenAddress>.Bad($"\"{host}\" is not an IP address.", remedy);
    }
}
