using System.Net;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Values;

/// <summary><c>address:port</c>, <c>[address]:port</c> or <c>:port</c> for every address; perhaps with a scheme in front.</summary>
internal static class ListenText
{
    private const string Remedy = "Write it like 127.0.0.1:8080, [::1]:8080, or :8080 for all addresses of this machine.";

    public static Parsed<ListenAddress> Parse(string text)
    {
        if (text.IndexOf(Uri.SchemeDelimiter, StringComparison.Ordinal) is var end && end < 0)
        {
            return ParseAddress(text, ListenScheme.Auto);
        }

        var rest = text[(end + Uri.SchemeDelimiter.Length)..];
        return text[..end] switch
        {
            "http" => ParseAddress(rest, ListenScheme.Http),
            "https" => ParseAddress(rest, ListenScheme.Https),
            var other => Parsed<ListenAddress>.Bad(
                $"\"{other}\" is not a scheme to listen with.", $"Write http://{rest}, https://{rest}, or {rest} alone."),
        };
    }

    /// <summary>An address of a listener that has no choice between schemes.</summary>
    public static Parsed<ListenAddress> ParseWithoutScheme(string text) => ParseAddress(text, ListenScheme.Auto);

    private static Parsed<ListenAddress> ParseAddress(string text, ListenScheme scheme)
    {
        if (!EndpointText.TrySplit(text, out var host, out var port))
        {
            return Parsed<ListenAddress>.Bad($"\"{text}\" is not an address with a port.", Remedy);
        }

        if (host.Length == 0)
        {
            return new ListenAddress(IPAddress.IPv6Any, port, scheme);
        }

        if (host == "localhost")
        {
            return new ListenAddress(IPAddress.Loopback, port, scheme);
        }

        return AddressText.TryParse(host, out var address)
            ? new ListenAddress(address, port, scheme)
            : Parsed<ListenAddress>.Bad($"\"{host}\" is not an IP address.", Remedy);
    }
}
