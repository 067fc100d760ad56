using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>Listening, the server's own files, and logs.</summary>
internal static class ServerKeys
{
    private static readonly KeySection<ServerOptions> Server = new(o => o, (_, value) => value);
    private static readonly KeySection<UnixSocketOptions> UnixSocket = new(o => o.UnixSocket, (o, value) => o with { UnixSocket = value });
    private static readonly KeySection<TlsOptions> Tls = new(o => o.Tls, (o, value) => o with { Tls = value });
    private static readonly KeySection<NoiseOptions> Noise = new(o => o.Noise, (o, value) => o with { Noise = value });
    private static readonly KeySection<LogOptions> Log = new(o => o.Log, (o, value) => o with { Log = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Server.Key(
            KeyNames.ServerUrl,
            Kinds.ServerUrl,
            o => o.ServerUrl,
            (o, value) => o with { ServerUrl = value },
            "The URL by which clients reach the server: scheme, name, perhaps a port, no path. Clients keep it, so choose a name that "
                + "lasts."),
        Server.Key(
            KeyNames.ListenAddr,
            Kinds.Listen,
            o => o.ListenAddr,
            (o, value) => o with { ListenAddr = value },
            "Where the server listens: `127.0.0.1:8080`, `[::1]:8080`, or `:8080` for all addresses of the machine. Several are a list: "
                + "`[\"https://:443\", \"http://:80\"]`. Without a scheme TLS is on exactly when there is a certificate."),
        Tls.Key(
            KeyNames.TlsCertPath,
            Kinds.OptionalPath,
            o => o.CertPath,
            (o, value) => o with { CertPath = value },
            "PEM file with the certificate and the intermediate ones. Together with `tls_key_path` it turns TLS on."),
        Tls.Key(
            KeyNames.TlsKeyPath,
            Kinds.OptionalPath,
            o => o.KeyPath,
            (o, value) => o with { KeyPath = value },
            "PEM file with the certificate's private key."),
        Server.Key(
            KeyNames.MetricsListenAddr,
            Kinds.OptionalListen,
            o => o.MetricsListenAddr,
            (o, value) => o with { MetricsListenAddr = value },
            "Where `/metrics` for Prometheus and `/health` are answered, over plain HTTP and to everybody who gets there; usually "
                + "`127.0.0.1:9090`. Empty is nowhere."),
        Server.Key(
            KeyNames.TrustedProxies,
            Kinds.ProxyNetworks,
            o => o.TrustedProxies,
            (o, value) => o with { TrustedProxies = value },
            "Prefixes of reverse proxies whose `True-Client-IP`, `X-Real-IP` or `X-Forwarded-For` says where a client is, in this order. "
                + "Everybody else's are ignored."),
        Server.Key(
            KeyNames.UnixSocket,
            Kinds.RequiredPath,
            o => o.UnixSocket.Path,
            (o, value) => o with { UnixSocket = o.UnixSocket with { Path = value } },
            "The socket for `meshctl` on this machine."),
        UnixSocket.Key(
            KeyNames.UnixSocketPermission,
            Kinds.FileMode,
            o => o.Permission,
            (o, value) => o with { Permission = value },
            "The socket's file mode. Whoever may write to the socket may administer the server."),
        Noise.Key(
            KeyNames.NoiseKey,
            Kinds.RequiredPath,
            o => o.PrivateKeyPath,
            (o, value) => o with { PrivateKeyPath = value },
            "The server's key. It is made on the first start; without it every client has to log in again, so keep it in the backup."),
        Log.Key(
            "log.level",
            Kinds.Level,
            o => o.Level,
            (o, value) => o with { Level = value },
            "The least severe messages to log.",
            reloadable: true),
        Log.Key(
            "log.levels",
            Kinds.Levels,
            o => o.Levels,
            (o, value) => o with { Levels = value },
            "Other levels for single areas; see below. In the environment `noise=debug,polling=warn`.",
            reloadable: true),
        Log.Key(
            "log.format",
            Kinds.Format,
            o => o.Format,
            (o, value) => o with { Format = value },
            "Lines for people or JSON objects for programs."),
    ];
}
