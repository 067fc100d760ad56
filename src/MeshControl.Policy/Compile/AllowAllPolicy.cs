using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Compile;

/// <summary>The policy of a tailnet that has none: everybody may reach everything, in the form the real service sends.</summary>
public static class AllowAllPolicy
{
    /// <summary>The ranges that clients get addresses from, without the part that ChromeOS uses inside the machine.</summary>
    private static readonly string[] TailscaleRanges =
        ["100.115.94.0-100.127.255.255", "100.64.0.0-100.115.91.255", "fd7a:115c:a1e0::/48"];

    private static readonly IpPrefix[] TailscalePrefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")];

    /// <summary>One rule: from the tailnet's addresses to anywhere, every port, the default protocols.</summary>
    /// <param name="prefixes">Where the tailnet's addresses come from; those outside Tailscale's own ranges are added as sources.</param>
    public static WireList<FilterRule> Filter(IEnumerable<IpPrefix> prefixes)
    {
        var sources = prefixes
            .Where(prefix => !TailscalePrefixes.Any(known => known.Contains(prefix)))
            .Select(prefix => prefix.ToString())
            .Concat(TailscaleRanges)
            .Distinct()
            .Order(StringComparer.Ordinal);
        return
        [
            new FilterRule
            {
                SrcIps = WireList.CopyOf(sources),
                DstPorts = [new NetPortRange { Ip = "*", Ports = PortRange.All }],
            },
        ];
    }
}
