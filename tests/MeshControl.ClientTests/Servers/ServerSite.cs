using MeshControl.ClientTests.Lab;
using MeshControl.Testing.Databases;

namespace MeshControl.ClientTests.Servers;

/// <summary>All that outlives a server process: its configuration, keys and database, in a directory of their own.</summary>
internal sealed class ServerSite : IAsyncDisposable
{
    private readonly string _directory;
    private readonly PostgresTestDatabase? _postgres;

    private readonly string _relays;

    private ServerSite(string directory, PostgresTestDatabase? postgres, Uri url, ServerCertificate? certificate, string relays)
    {
        _directory = directory;
        _postgres = postgres;
        _relays = relays;
        Url = url;
        Certificate = certificate;
    }

    /// <summary>Where clients reach the server.</summary>
    public Uri Url { get; }

    /// <summary>What the server shows to clients, if its URL is one with TLS.</summary>
    public ServerCertificate? Certificate { get; }

    public string PolicyFile => Path.Combine(_directory, "policy.hujson");

    public string ConfigFile => Path.Combine(_directory, "config.yaml");

    /// <param name="kind">Which database.</param>
    /// <param name="url">With an address and a port, which the server listens on.</param>
    /// <param name="relays">The part of the configuration about relays; nothing, and the server is one itself. Null: <see cref="Relay"/>.</param>
    /// <param name="policy">What the file of that name holds, from which the server takes it then; null: there is none.</param>
    public static async Task<ServerSite> CreateAsync(
        DatabaseKind kind, Uri url, CancellationToken cancellationToken, string? relays = null, string? policy = null)
    {
        var directory = Directory.CreateTempSubdirectory("mesh-server-").FullName;
        var postgres = kind == DatabaseKind.Postgres ? await Postgres.CreateDatabaseAsync(cancellationToken) : null;
        var certificate = url.Scheme == Uri.UriSchemeHttps ? await ServerCertificate.CreateAsync(directory, cancellationToken) : null;
        var site = new ServerSite(directory, postgres, url, certificate, relays ?? Relay.Configuration);
        await File.WriteAllTextAsync(site.ConfigFile, site.Configuration(hasPolicy: policy is not null), cancellationToken);
        if (policy is not null)
        {
            await File.WriteAllTextAsync(site.PolicyFile, policy, cancellationToken);
        }

        return site;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private string Configuration(bool hasPolicy) =>
        $"""
        server_url: {Url.GetLeftPart(UriPartial.Authority)}
        listen_addr: {Url.Authority}
        unix_socket: {_directory}/meshcontrol.sock
        noise:
          private_key_path: {_directory}/noise_private.key
        log:
          level: debug
        prefixes:
          allocation: random
        dns:
          base_domain: mesh.test
          nameservers:
            # Nobody is there. Without one a client in a namespace asks its system for nameservers, has none, and resolves nothing.
            global: [{HostLab.ServerAddress}]
        {(hasPolicy ? $"policy: {{path: {PolicyFile}}}" : "")}
        {Tls()}
        {Database()}
        {_relays}
        """;

    private string Tls() => Certificate is null
        ? ""
        : $"""
          tls_cert_path: {Certificate.CertificateFile}
          tls_key_path: {Certificate.KeyFile}
          """;

    private string Database() => _postgres is null
        ? $"""
          database:
            type: sqlite
            sqlite:
              path: {_directory}/db.sqlite
          """
        : $"""
          database:
            type: postgres
            postgres:
              host: {_postgres.Host}
              port: {_postgres.Port}
              name: {_postgres.Name}
              user: {_postgres.User}
          """;
}
