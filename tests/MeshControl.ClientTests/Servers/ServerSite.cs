using MeshControl.ClientTests.Lab;
using MeshControl.Testing.Databases;

namespace MeshControl.ClientTests.Servers;

/// <summary>All that outlives a server process: its configuration, keys and database, in a directory of their own.</summary>
internal sealed class ServerSite : IAsyncDisposable
{
    private readonly string _directory;
    private readonly PostgresTestDatabase? _postgres;

    private ServerSite(string directory, PostgresTestDatabase? postgres, Uri url)
    {
        _directory = directory;
        _postgres = postgres;
        Url = url;
    }

    /// <summary>Where clients reach the server.</summary>
    public Uri Url { get; }

    public string ConfigFile => Path.Combine(_directory, "config.yaml");

    /// <param name="kind">Which database.</param>
    /// <param name="url">With an address and a port, which the server listens on.</param>
    public static async Task<ServerSite> CreateAsync(DatabaseKind kind, Uri url, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("mesh-server-").FullName;
        var postgres = kind == DatabaseKind.Postgres ? await Postgres.CreateDatabaseAsync(cancellationToken) : null;
        var site = new ServerSite(directory, postgres, url);
        await File.WriteAllTextAsync(site.ConfigFile, site.Configuration(), cancellationToken);
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

    private string Configuration() =>
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
        {Database()}
        derp:
          server:
            enabled: false
          map:
            regions:
              900:
                regioncode: test
                regionname: Test
                nodes:
                  - name: 900a
                    hostname: {Relay.HostName}
                    ipv4: {HostLab.ServerAddress}
                    derpport: {Relay.Port}
                    stunport: {Relay.StunPort}
                    insecurefortests: true
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
