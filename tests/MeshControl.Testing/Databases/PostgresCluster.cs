using System.Diagnostics;
using System.Globalization;

namespace MeshControl.Testing.Databases;

/// <summary>
/// A PostgreSQL server of the test run's own, on a Unix socket in a temporary directory; or the one that the environment variable
/// <c>MESHCONTROL_TEST_POSTGRES</c> names as <c>directory-or-host[:port[:user]]</c>. Start one per test process and give each test a
/// database.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string ServerVariable = "MESHCONTROL_TEST_POSTGRES";
    private const int DefaultPort = 5432;

    // A shell stands between us and the server: PostgreSQL refuses to run as root, and when this process dies, however it dies, the
    // shell's input ends and the server goes with it.
    private const string Script =
        """
        dir=$(mktemp -d "${TMPDIR:-/tmp}/mesh-postgres-XXXXXX") || exit 1
        trap 'pg_ctl -D "$dir/data" -m immediate -s stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
        trap 'exit 1' INT TERM HUP
        cd "$dir" || exit 1
        initdb -D data -A trust -U mesh -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log >&2; exit 1; }
        pg_ctl -D data -l log -s -w -o "-k $dir -c listen_addresses='' -c max_connections=200 $1" start || { cat log >&2; exit 1; }
        echo "$dir"
        cat >/dev/null
        """;

    private readonly Process? _shell;
    private int _lastDatabase;

    private PostgresCluster(string host, int port, string user, Process? shell)
    {
        Host = host;
        Port = port;
        User = user;
        _shell = shell;
    }

    /// <summary>A name, an address, or the directory of the Unix socket.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>May create databases; needs no password.</summary>
    public string User { get; }

    /// <param name="durable">Whether a commit reaches the disk; only a test of exactly that needs it.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed or does not start.</exception>
    public static async Task<PostgresCluster> StartAsync(bool durable = false, CancellationToken cancellationToken = default)
    {
        if (Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } named)
        {
            var parts = named.Split(':');
            return new PostgresCluster(
                parts[0],
                parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : DefaultPort,
                parts.Length > 2 ? parts[2] : "postgres",
                null);
        }

        var settings = durable ? "" : "-c fsync=off -c full_page_writes=off";
        var shell = Process.Start(PostgresTools.AsServerUser("/bin/sh", "-c", Script, "sh", settings))
            ?? throw new InvalidOperationException("No shell could be started.");
        var directory = await shell.StandardOutput.ReadLineAsync(cancellationToken);
        if (directory is null)
        {
            var error = await shell.StandardError.ReadToEndAsync(cancellationToken);
            throw new InvalidOperationException($"PostgreSQL did not start: {error}");
        }

        return new PostgresCluster(directory, DefaultPort, "mesh", shell);
    }

    /// <summary>A new, empty database; dropped when it is disposed.</summary>
    public async Task<PostgresTestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = $"mesh_{Environment.ProcessId}_{Interlocked.Increment(ref _lastDatabase)}";
        await RunAsync("createdb", ["-T", "template0", name], cancellationToken);
        return new PostgresTestDatabase(this, name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell is null)
        {
            return;
        }

        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    internal Task DropDatabaseAsync(string name) => RunAsync("dropdb", ["--force", "--if-exists", name], CancellationToken.None);

    private async Task RunAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(PostgresTools.Run(tool, ["-h", Host, "-p", port, "-U", User, .. arguments]))
            ?? throw new InvalidOperationException($"{tool} could not be started.");
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} failed: {error}");
        }
    }
}
