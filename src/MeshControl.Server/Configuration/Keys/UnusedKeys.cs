namespace MeshControl.Server.Configuration.Keys;

/// <summary>What Headscale 0.29 takes and this server does not.</summary>
internal static class UnusedKeys
{
    private const string NoUpdateCheck = "The server never looks for updates.";
    private const string NoProbing = "Subnet routers are not probed.";
    private const string NoPurge = "Revoked keys are not purged by age.";
    private const string NoDatabaseTuning = "The database layer has nothing of this kind to tune.";
    private const string AlwaysWal = "SQLite's write-ahead log is always on and managed by the server.";
    private const string IdleByAge = "Idle connections are closed by age alone: see database.postgres.conn_max_idle_time_secs.";
    private const string NoAcme =
        "The server obtains no certificates. Name the files of one in tls_cert_path and tls_key_path, or put a reverse proxy in front.";
    private const string InlineRecords = "Records are only read from this file. Copy them to dns.extra_records.";
    private const string NoOidc = "Logging in through an identity provider is not possible. Approve logins, or use pre-auth keys.";
    private const string NoTuning = "The server has no such queue or window to tune.";
    private const string ClientPort =
        "The policy says so: write randomizeClientPort there, or start tailscaled with --port=0 where its port has to be a random one.";

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        .. Because(NoUpdateCheck, "disable_check_updates"),
        .. Because(NoProbing, "node.routes.ha.probe_interval", "node.routes.ha.probe_timeout"),
        .. Because(NoPurge, "preauth_keys.revoked_retention"),
        .. Because(
            NoDatabaseTuning,
            "database.debug",
            "database.gorm.prepare_stmt",
            "database.gorm.parameterized_queries",
            "database.gorm.skip_err_record_not_found",
            "database.gorm.slow_threshold"),
        .. Because(AlwaysWal, "database.sqlite.write_ahead_log", "database.sqlite.wal_autocheckpoint"),
        .. Because(IdleByAge, "database.postgres.max_idle_conns"),
        .. Because(
            NoAcme,
            "acme_url",
            "acme_email",
            "tls_letsencrypt_hostname",
            "tls_letsencrypt_cache_dir",
            "tls_letsencrypt_challenge_type",
            "tls_letsencrypt_listen"),
        .. Because(InlineRecords, "dns.extra_records_path"),
        .. Because(
            NoOidc,
            "oidc.issuer",
            "oidc.client_id",
            "oidc.client_secret",
            "oidc.client_secret_path",
            "oidc.only_start_if_oidc_is_available",
            "oidc.scope",
            "oidc.extra_params",
            "oidc.allowed_domains",
            "oidc.allowed_groups",
            "oidc.allowed_users",
            "oidc.email_verified_required",
            "oidc.use_expiry_from_token",
            "oidc.pkce.enabled",
            "oidc.pkce.method"),
        .. Because(
            NoTuning,
            "tuning.notifier_send_timeout",
            "tuning.batch_change_delay",
            "tuning.node_mapsession_buffered_chan_size",
            "tuning.batcher_workers",
            "tuning.register_cache_expiration",
            "tuning.register_cache_max_entries",
            "tuning.node_store_batch_size",
            "tuning.node_store_batch_timeout"),
        .. Because(ClientPort, "randomize_client_port"),
    ];

    private static IEnumerable<ConfigurationKey> Because(string reason, params IEnumerable<string> paths) =>
        paths.Select(path => new UnusedKey(path, reason));
}
