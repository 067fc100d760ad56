using System.Globalization;

namespace MeshControl.Server.Configuration.Values;

/// <summary>Splits <c>host:port</c>; an IPv6 address stands in brackets.</summary>
internal static class EndpointText
{
    /// <param name="host">Without brackets; may be empty.</param>
    /// <returns>False when there is no port or it is out of range; then both outputs mean nothing.</returns>
    public static bool TrySplit(string text, out string host, out int port)
    {
        var colon = text.LastIndexOf(':');
        host = colon < 0 ? "" : text[..colon];
        port = 0;
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        port = number;
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return host.Contains(':', StringComparison.Ordinal);
        }

        return !host.Contains(':', StringComparison.Ordinal);
    }
}
