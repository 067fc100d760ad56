using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>The DNS configuration that clients of a tailnet get.</summary>
internal static class DnsConfigs
{
    public static DnsConfig For(TailnetSettings settings)
    {
        var dns = settings.Dns;
        var global = Resolvers(dns.GlobalResolvers);

        // The tailnet's own domain is routed to the client's resolver by MagicDNS itself, and the reverse zones with it.
        var search = (dns.MagicDns ? dns.SearchDomains.Insert(0, settings.BaseDomain) : dns.SearchDomains).Distinct();
        return new DnsConfig
        {
            Proxied = dns.MagicDns,
            Domains = WireList.CopyOf(search),
            Resolvers = dns.OverrideLocalDns && global.Count > 0 ? global : null,
            FallbackResolvers = !dns.OverrideLocalDns && global.Count > 0 ? global : null,
            Routes = WireMap.CopyOf(dns.SplitResolvers
                .OrderBy(split => split.Key, StringComparer.Ordinal)
                .Select(split => KeyValuePair.Create(split.Key, (WireList<DnsResolver>?)Resolvers(split.Value)))),
            ExtraRecords = dns.ExtraRecords.IsEmpty ? null : WireList.CopyOf(dns.ExtraRecords),
        };
    }

    private static WireList<DnsResolver> Resolvers(IEnumerable<string> addresses) =>
        WireList.CopyOf(addresses.Select(address => new DnsResolver { Addr = address }));
}
