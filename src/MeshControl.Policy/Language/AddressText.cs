using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>Single addresses as policies write them: plain, without zones, octal numbers or short forms.</summary>
internal static class AddressText
{
    /// <summary>Longest address there is; saves looking at longer texts.</summary>
    private const int LongestAddress = 45;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.Length is 0 or > LongestAddress || text.Contains('/'))
        {
            return false;
        }

        // The strict rules are those of prefixes.
        if (!IpPrefix.TryParse($"{text}/{(text.Contains(':') ? 128 : 32)}", out var prefix))
        {
            return false;
        }

        address = prefix.Address;
        return true;
    }

    /// <summary>RFC 5952 for IPv6.</summary>
    public static string Format(IPAddress address)
    {
        var prefix = IpPrefix.Single(address).ToString();
        return prefix[..prefix.IndexOf('/', StringComparison.Ordinal)];
    }

    /// <summary>Reads <c>a-b</c>: two addresses of one family, the first not above the last.</summary>
    public static bool TryParseRange(string text, [NotNullWhen(true)] out RangeAlias? range)
    {
        range = null;
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        if (hyphen < 0
            || !TryParse(text.AsSpan(0, hyphen), out var first)
            || !TryParse(text.AsSpan(hyphen + 1), out var last)
            || first.AddressFamily != last.AddressFamily
            || IpPrefix.Single(first) > IpPrefix.Single(last))
        {
            return false;
        }

        range = new RangeAlias(first, last);
        return true;
    }

    /// <summary>Reads an address as its single prefix, or a prefix with its host bits cleared.</summary>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        if (TryParse(text, out var address))
        {
            prefix = IpPrefix.Single(address);
            return true;
        }

        var isPrefix = IpPrefix.TryParse(text, out prefix);
        prefix = isPrefix ? prefix.Masked() : default;
        return isPrefix;
    }

    public static bool IsIPv6(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;
}
