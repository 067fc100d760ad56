using MeshControl.Admin;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>The paths of the keys that rules between keys talk about; all others stand in the tables alone.</summary>
internal static class KeyNames
{
    public const string ServerUrl = "server_url";
    public const string ListenAddr = "listen_addr";
    public const string MetricsListenAddr = "metrics_listen_addr";
    public const string TrustedProxies = "trusted_proxies";
    public const string GrpcListenAddr = "grpc_listen_addr";
    public const string GrpcAllowInsecure = "grpc_allow_insecure";
    public const string CliApiKey = "cli.api_key";
    public const string NoiseKey = "noise.private_key_path";
    public const string UnixSocket = AdminDefaults.UnixSocketKey;
    public const string UnixSocketPermission = "unix_socket_permission";
    public const string TlsCertPath = "tls_cert_path";
    public const string TlsKeyPath = "tls_key_path";
    public const string PrefixV4 = "prefixes.v4";
    public const string PrefixV6 = "prefixes.v6";
    public const string DatabaseType = "database.type";
    public const string PostgresHost = "database.postgres.host";
    public const string PostgresName = "database.postgres.name";
    public const string PostgresUser = "database.postgres.user";
    public const string PostgresPass = "database.postgres.pass";
    public const string PostgresPassPath = "database.postgres.pass_path";
    public const string PolicyMode = "policy.mode";
    public const string PolicyPath = "policy.path";
    public const string MagicDns = "dns.magic_dns";
    public const string BaseDomain = "dns.base_domain";
    public const string OverrideLocalDns = "dns.override_local_dns";
    public const string GlobalNameservers = "dns.nameservers.global";
    public const string NodeExpiry = "node.expiry";
    public const string EphemeralTimeout = "node.ephemeral.inactivity_timeout";
    public const string OfflineAfter = "node.offline_after";
    public const string DerpPaths = "derp.paths";
    public const string DerpUrls = "derp.urls";
    public const string DerpUpdateFrequency = "derp.update_frequency";
    public const string DerpMap = "derp.map";
    public const string DerpServerEnabled = "derp.server.enabled";
    public const string DerpServerKey = "derp.server.private_key_path";
    public const string DerpServerHostName = "derp.server.hostname";
    public const string DerpServerPort = "derp.server.port";
    public const string DerpServerIpv4 = "derp.server.ipv4";
    public const string DerpServerIpv6 = "derp.server.ipv6";
    public const string DerpServerAddRegion = "derp.server.automatically_add_embedded_derp_region";
    public const string DerpServerHttp = "derp.server.http_listen_addr";
    public const string StunListenAddr = "derp.server.stun_listen_addr";
    public const string DerpBurst = "derp.server.burst_bytes";
    public const string DerpRate = "derp.server.bytes_per_second";
    public const string DerpMeshKey = "derp.server.mesh_key_path";
    public const string DerpMeshWith = "derp.server.mesh_with";
    public const string DerpVerifySecret = "derp.verify.secret";
    public const string MaxConnections = "limits.max_connections";
    public const string MaxPendingConnections = "limits.max_pending_connections";
    public const string HandshakeTimeout = "limits.handshake_timeout";
    public const string RequestTimeout = "limits.request_timeout";
}
