using System.Net;

namespace MeshControl.Server.Configuration.Values;

/// <summary>What clients take as a resolver: an address, an address with a port, or a DNS-over-HTTPS URL.</summary>
internal static class NameserverText
{
    public static Parsed<string> Parse(string text)
    {
        if (AddressText.TryParse(text, out var address))
        {
            return address.ToString();
        }

        if (EndpointText.TrySplit(text, out var host, out var port) && port > 0 && AddressText.TryParse(host, out address))
        {
            return new IPEndPoint(address, port).ToString();
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Host.Length: > 0, UserInfo.Length: 0 })
        {
            if (url.Scheme == Uri.UriSchemeHttps)
            {
                return text;
            }

            // Plain HTTP is safe inside the tunnel only, hence to an address of a node.
            if (url.Scheme == Uri.UriSchemeHttp && AddressText.TryParse(url.Host.Trim('[', ']'), out _))
            {
                return text;
            }

            if (url.Scheme == "tls")
            {
                return Parsed<string>.Bad(
                    $"\"{text}\": clients do not speak DNS over TLS.", "Write the provider's https:// URL or its address.");
            }
        }

        return Parsed<string>.Bad(
            $"\"{text}\" is not a nameserver.", "Write an IP address, an address with a port (1.1.1.1:53, [::1]:53), or a DNS-over-HTTPS "
                + "URL.");
    }
}
