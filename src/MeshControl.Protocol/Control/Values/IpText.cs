using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Protocol.Control;

/// <summary>
/// The text forms of addresses and endpoints on the wire. Stricter on input than <see cref="IPAddress.Parse(string)"/>
/// (no octal, no short forms, no zones), and on output without its dotted form for IPv4-compatible and ISATAP addresses.
/// </summary>
internal static class IpText
{
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static bool TryParseAddress(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        var allowed = text.Contains(':')
            ? text.IndexOfAnyExcept(V6Characters) < 0
            : IsDottedQuad(text);
        return allowed && IPAddress.TryParse(text, out address);
    }

    public static bool TryParseEndpoint(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        endpoint = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[..colon];
        var bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        host = bracketed ? host[1..^1] : host;
        if (!TryParseAddress(host, out var address) || bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return false;
        }

        endpoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Lower case, the longest run of at least two zero groups compressed; a zone is left out.</summary>
    public static string Format(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return FormatV6(bytes);
    }

    public static string Format(IPEndPoint endpoint) =>
        endpoint.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"[{Format(endpoint.Address)}]:{endpoint.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Format(endpoint.Address)}:{endpoint.Port}");

    private static string FormatV6(ReadOnlySpan<byte> bytes)
    {
        var (runStart, runEnd) = LongestZeroRun(bytes);
        Span<char> text = stackalloc char[39];
        var length = 0;
        for (var group = 0; group < 8; group++)
        {
            if (group == runStart)
            {
                "::".CopyTo(text[length..]);
                length += 2;
                group = runEnd - 1;
                continue;
            }

            if (group > 0 && group != runEnd)
            {
                text[length++] = ':';
            }

            BinaryPrimitives.ReadUInt16BigEndian(bytes[(group * 2)..])
                .TryFormat(text[length..], out var written, "x", CultureInfo.InvariantCulture);
            length += written;
        }

        return new string(text[..length]);
    }

    private static (int Start, int End) LongestZeroRun(ReadOnlySpan<byte> bytes)
    {
        var (bestStart, bestEnd) = (-1, -1);
        for (var start = 0; start < 8; start++)
        {
            var end = start;
            while (end < 8 && bytes[end * 2] == 0 && bytes[(end * 2) + 1] == 0)
            {
                end++;
            }

            if (end - start >= 2 && end - start > bestEnd - bestStart)
            {
                (bestStart, bestEnd) = (start, end);
            }
        }

        return (bestStart, bestEnd);
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.Length is 0 or > 3 || part.IndexOfAnyExceptInRange('0', '9') >= 0 || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }
}
