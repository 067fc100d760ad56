namespace MeshControl.Server.Configuration.Keys;

/// <summary>What older versions of Headscale took.</summary>
internal static class RemovedKeys
{
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        ReplacedBy("acl_policy_path", KeyNames.PolicyPath),
        ReplacedBy("db_type", "database.type"),
        ReplacedBy("db_path", "database.sqlite.path"),
        ReplacedBy("ip_prefixes", KeyNames.PrefixV4, "Write prefixes.v4 and prefixes.v6 instead."),
        ReplacedBy("private_key_path", "noise.private_key_path"),
        new RemovedKey("ephemeral_node_inactivity_timeout", KeyNames.EphemeralTimeout, Write(KeyNames.EphemeralTimeout), isTolerated: true),
        ReplacedBy("dns_config.magic_dns", KeyNames.MagicDns),
        ReplacedBy("dns_config.base_domain", KeyNames.BaseDomain),
        ReplacedBy("dns_config.override_local_dns", KeyNames.OverrideLocalDns),
        ReplacedBy("dns_config.nameservers", KeyNames.GlobalNameservers),
        ReplacedBy("dns_config.restricted_nameservers", "dns.nameservers.split"),
        ReplacedBy("dns_config.domains", "dns.search_domains"),
        ReplacedBy("dns_config.extra_records", "dns.extra_records"),
        Gone("dns_config.use_username_in_magic_dns", "Names of nodes never hold the user's name: remove this key."),
        Gone("dns.use_username_in_magic_dns", "Names of nodes never hold the user's name: remove this key."),
        Gone("oidc.strip_email_domain", "Remove it."),
        Gone("oidc.map_legacy_users", "Remove it."),
        ReplacedBy("oidc.expiry", KeyNames.NodeExpiry),
    ];

    private static RemovedKey ReplacedBy(string path, string successor, string? remedy = null) =>
        new(path, successor, remedy ?? Write(successor));

    private static RemovedKey Gone(string path, string remedy) => new(path, null, remedy);

    private static string Write(string successor) => $"Write {successor} instead.";
}
