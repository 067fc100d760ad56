using System.Diagnostics.CodeAnalysis;
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

        if (!TrySplit(text, out var address, out var length))
        {
            return Parsed<IPNetwork?>.Bad($"\"{text}\" is not a prefix.", remedy);
        }

        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        return isV6 != wantV6
            ? Parsed<IPNetwork?>.Bad($"\"{text}\" is an {(isV6 ? "IPv6" : "IPv4")} prefix.", remedy)
            : Check(text, address, length, remedy).Then(prefix => (IPNetwork?)prefix);
    }

    /// <summary>Where those connect from who may do more than others: a prefix of either family, or a single address, but never everybody.</summary>
    /// <param name="text">As written.</param>
    /// <param name="who">They are, for messages.</param>
    /// <param name="everybody">What is wrong with everybody.</param>
    public static Parsed<IPNetwork> ParseSources(string text, string who, string everybody)
    {
        var remedy = $"Write the addresses of your {who}, such as 127.0.0.1/32, 10.0.0.0/24 or fd00::/64.";
        if (AddressText.TryParse(text, out var single))
        {
            return new IPNetwork(single, BitsOf(single));
        }

        if (!TrySplit(text, out var address, out var length))
        {
            return Parsed<IPNetwork>.Bad($"\"{text}\" is neither a prefix nor an address.", remedy);
        }

        return length == 0
            ? Parsed<IPNetwork>.Bad($"{text} is everybody, and everybody {everybody}.", remedy)
            : Check(text, address, length, remedy);
    }

    private static bool TrySplit(string text, [NotNullWhen(true)] out IPAddress? address, out byte length)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        (address, length) = (null, 0);
        return slash >= 0
            && AddressText.TryParse(text[..slash], out address)
            && byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length);
    }

    private static Parsed<IPNetwork> Check(string text, IPAddress address, byte length, string remedy)
    {
        if (length > BitsOf(address))
        {
            return Parsed<IPNetwork>.Bad($"\"{text}\" has a length above {BitsOf(address)}.", remedy);
        }

        var masked = Mask(address, length);
        return masked.Equals(address)
            ? new IPNetwork(address, length)
            : Parsed<IPNetwork>.Bad($"\"{text}\" has bits set behind its length.", $"Write {masked}/{length}.");
    }

    private static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

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
