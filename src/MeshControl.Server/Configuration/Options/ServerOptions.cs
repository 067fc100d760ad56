using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>
/// Everything an operator can set. The property initialisers of these records are the only place where defaults are written down;
/// the table of keys, the example file and the documentation take them from here.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>What clients are told to connect to: scheme, host and perhaps a port, nothing else.</summary>
    public Uri ServerUrl { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Where clients reach the server; at least one.</summary>
    public IReadOnlyList<ListenAddress> ListenAddr { get; init; } = [new(IPAddress.Loopback, 8080)];

    /// <summary>Where programs that watch the server find its numbers; null: nowhere.</summary>
    public ListenAddress? MetricsListenAddr { get; init; }

    /// <summary>Reverse proxies that may say where their clients are; never everybody.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public GrpcOptions Grpc { get; init; } = new();

    public CliOptions Cli { get; init; } = new();

    public required UnixSocketOptions UnixSocket { get; init; }

    public required NoiseOptions Noise { get; init; }

    public PrefixOptions Prefixes { get; init; } = new();

    public required DatabaseOptions Database { get; init; }

    public PolicyOptions Policy { get; init; } = new();

    public DnsOptions Dns { get; init; } = new();

    public required DerpOptions Derp { get; init; }

    public NodeOptions Node { get; init; } = new();

    public TlsOptions Tls { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public FeatureOptions Features { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    /// <summary>All defaults, with files below the given directories.</summary>
    public static ServerOptions CreateDefault(DefaultPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return new ServerOptions
        {
            UnixSocket = new UnixSocketOptions { Path = paths.Socket },
            Noise = new NoiseOptions { PrivateKeyPath = Path.Combine(paths.DataDirectory, "noise_private.key") },
            Derp = new DerpOptions
            {
                Server = new DerpServerOptions { PrivateKeyPath = Path.Combine(paths.DataDirectory, DerpServerOptions.KeyFileName) },
            },
            Database = new DatabaseOptions { SqlitePath = Path.Combine(paths.DataDirectory, "db.sqlite") },
        };
    }
}
