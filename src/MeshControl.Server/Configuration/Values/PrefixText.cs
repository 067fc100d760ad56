using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server.Configuration.Values;

/// <summary>Prefixes such as <c>100.64.0.0/10</c>; the empty text stands for none.</summary>
internal static class PrefixText
{
    public static Parsed<IPNetwork?> Parse(string text, bool wantV6)
    {
        var example = wantV6 ? "fd7a:115c:a1e0::/48" : "100.64.0.0/10";
        var remedy = $"Write a prefix such as {example}, or \"\" to give out no addresses of this family.";
        if (text.Length == 0)
        {
            return (IPNetwork?)null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !AddressText.TryParse(text[..slash], out var address)
            || !byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return Parsed<IPNetwork?>.Bad($"\"{text}\" is not a prefix.", remedy);
        }

        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (isV6 != wantV6)
        {
            return Parsed<IPNetwork?>.Bad($"\"{text}\" is an {(isV6 ? "IPv6" : "IPv4")} prefix.", remedy);
        }

        var bits = isV6 ? 128 : 32;
        if (length > bits)
        {
            return Parsed<IPNetwork?>.Bad($"\"{text}\" has a length above {bits}.", remedy);
        }

        var masked = Mask(address, length);
        return masked.Equals(address)
            ? new IPNetwork(address, length)
            : Parsed<IPNetwork?>.Bad($"\"{text}\" has bits set behind its length.", $"Write {masked}/{length}.");
    }

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
