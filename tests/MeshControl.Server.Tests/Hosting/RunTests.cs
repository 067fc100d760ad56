using System.Text;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>The server as a process runs it: from a file, with errors on standard error and an exit status.</summary>
public sealed class RunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BadConfiguration_PrintsAllErrorsAndReturns2()
    {
        await using var bench = new ServerBench();
        var (status, errors) = await RunAsync(bench, "listen_adr: 127.0.0.1:0\nserver_url: nonsense\nprefixes:\n  v4: nonsense\n");

        Assert.Equal(2, status);
        Assert.InRange(errors.Length, 3, int.MaxValue);
        Assert.All(errors, error => Assert.StartsWith("Error: ", error, StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("listen_adr", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("server_url", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("prefixes.v4", StringComparison.Ordinal));
        Assert.False(Path.Exists(bench.Options.Database.SqlitePath));
    }

    [Fact]
    public async Task Run_FileMissing_NamesItAndReturns2()
    {
        await using var bench = new ServerBench();
        using var errors = new StringWriter();
        var path = bench.InDirectory("config.yaml");

        Assert.Equal(2, await MeshServer.RunAsync(path, new Dictionary<string, string>(), errors, Token));

        Assert.Contains(path, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortOccupied_IsOneLineAndReturns1()
    {
        await using var bench = new ServerBench();
        using var other = ServerBench.Occupy(out var port);

        var (status, errors) = await RunAsync(bench, Sound(bench, port));

        Assert.Equal(1, status);
        Assert.Contains("listen_addr", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UntilStopped_Returns0AndSaysNothing()
    {
        await using var bench = new ServerBench();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = RunAsync(bench, Sound(bench, port: 0), stop.Token);
        using var channel = RpcChannel.ForUnixSocket(bench.Options.UnixSocket.Path, TimeSpan.FromSeconds(60), TimeProvider.System);
        var version = await new AdminClient(channel, RpcCallOptions.Default).GetVersionAsync(Token);
        await stop.CancelAsync();
        var (status, errors) = await running;

        Assert.NotNull(version);
        Assert.Equal(0, status);
        Assert.Empty(errors);
        Assert.False(Path.Exists(bench.Options.UnixSocket.Path));
    }

    private static string Sound(ServerBench bench, int port) =>
        $$"""
        listen_addr: 127.0.0.1:{{port}}
        server_url: http://127.0.0.1:8080
        unix_socket: {{bench.Options.UnixSocket.Path}}
        noise: { private_key_path: {{bench.Options.Noise.PrivateKeyPath}} }
        derp: { server: { enabled: false } }
        database: { type: sqlite, sqlite: { path: {{bench.Options.Database.SqlitePath}} } }
        log: { level: error }
        dns: { base_domain: mesh.test, magic_dns: false, override_local_dns: false }
        """;

    private static async Task<(int Status, string[] Errors)> RunAsync(
        ServerBench bench, string configuration, CancellationToken? cancellationToken = null)
    {
        var path = bench.InDirectory("config.yaml");
        await File.WriteAllTextAsync(path, configuration, Encoding.UTF8, Token);
        using var errors = new StringWriter();
        var status = await MeshServer.RunAsync(path, new Dictionary<string, string>(), errors, cancellationToken ?? Token);
        return (status, errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
