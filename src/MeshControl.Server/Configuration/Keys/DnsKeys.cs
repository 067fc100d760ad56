using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>Names.</summary>
internal static class DnsKeys
{
    private static readonly KeySection<DnsOptions> Dns = new(o => o.Dns, (o, value) => o with { Dns = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Dns.Key(
            KeyNames.MagicDns,
            Kinds.Boolean,
            o => o.MagicDns,
            (o, value) => o with { MagicDns = value },
            "Whether clients resolve the names of nodes.",
            reloadable: true),
        Dns.Key(
            KeyNames.BaseDomain,
            Kinds.BaseDomain,
            o => o.BaseDomain,
            (o, value) => o with { BaseDomain = value },
            "Nodes are called `<name>.<base_domain>`. It must not hold the server's own name, because clients answer everything below it "
                + "themselves. The default lies in `.internal`, which is reserved for private networks and can never collide with a "
                + "public name."),
        Dns.Key(
            KeyNames.OverrideLocalDns,
            Kinds.Boolean,
            o => o.OverrideLocalDns,
            (o, value) => o with { OverrideLocalDns = value },
            "Whether clients use `dns.nameservers.global` in place of their network's own resolvers. By default true as soon as there "
                + "are such nameservers, else false; true demands some.",
            reloadable: true),
        Dns.Key(
            KeyNames.GlobalNameservers,
            Kinds.Nameservers,
            o => o.GlobalNameservers,
            (o, value) => o with { GlobalNameservers = value },
            "Nameservers for everything outside the network: addresses, addresses with a port, or DNS-over-HTTPS URLs.",
            reloadable: true),
        Dns.Key(
            "dns.nameservers.split",
            Kinds.SplitDns,
            o => o.SplitNameservers,
            (o, value) => o with { SplitNameservers = value },
            "Nameservers for single domains: a section of domains, each with a list.",
            reloadable: true),
        Dns.Key(
            "dns.search_domains",
            Kinds.Domains,
            o => o.SearchDomains,
            (o, value) => o with { SearchDomains = value },
            "Domains that clients append to short names, after `dns.base_domain`.",
            reloadable: true),
        Dns.Key(
            "dns.extra_records",
            Kinds.ExtraRecords,
            o => o.ExtraRecords,
            (o, value) => o with { ExtraRecords = value },
            "Further names that clients resolve: a list of records with `name`, `type` (A or AAAA, may be left out) and `value`.",
            reloadable: true),
    ];
}
