using System.Net;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Addresses in the form that filters have them: one address without its length, a prefix, a range.</summary>
internal static class FilterText
{
    /// <summary>The public address space, as ranges.</summary>
    public static readonly string[] Internet = [.. PublicAddressSpace.Ranges.Select(range => range.ToString())];

    /// <summary>The ranges that clients get addresses from, without the part that ChromeOS uses inside the machine.</summary>
    private static readonly string[] TailscaleRanges =
        ["100.115.94.0-100.127.255.255", "100.64.0.0-100.115.91.255", "fd7a:115c:a1e0::/48"];

    private static readonly IpPrefix[] TailscalePrefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")];

    /// <summary>What an alias of addresses is written as; more than one for a set.</summary>
    public static IEnumerable<string> Of(Alias alias) => alias switch
    {
        PrefixAlias prefix => [Of(prefix.Prefix)],
        HostAlias host => [Of(host.Prefix)],
        RangeAlias range => [range.ToString()],
        _ => [],
    };

    public static string Of(IpPrefix prefix) => prefix.IsSingleAddress ? Of(prefix.Address) : prefix.ToString();

    /// <summary>RFC 5952, which the platform's own text is not for every address.</summary>
    public static string Of(IPAddress address)
    {
        var prefix = IpPrefix.Single(address).ToString();
        return prefix[..prefix.IndexOf('/', StringComparison.Ordinal)];
    }

    /// <summary>As filters list them: each once, in order.</summary>
    public static WireList<string> Sorted(IEnumerable<string> texts) => WireList.CopyOf(texts.Distinct().Order(StringComparer.Ordinal));

    /// <summary>The addresses of a tailnet.</summary>
    /// <param name="prefixes">Where its nodes have theirs from; those outside Tailscale's own ranges come in addition.</param>
    public static IEnumerable<string> OfTailnet(IEnumerable<IpPrefix> prefixes) =>
        prefixes.Where(prefix => !TailscalePrefixes.Any(known => known.Contains(prefix))).Select(Of).Concat(TailscaleRanges);
}
