using System.Net;
using System.Text.Json.Nodes;
using MeshControl.Server;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.Cli.Tests.Support;

/// <summary>A whole server in this process, with its files in a directory of its own, for what the program and the server do together.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-cli-");
    private MeshServer? _server;

    private RealServer()
    {
    }

    /// <summary>Where it is administered over the network.</summary>
    public IPEndPoint RemoteAddress => _server!.RemoteAdminAddress!;

    public string Home => _directory.FullName;

    public string Socket => Path.Combine(_directory.FullName, "admin.sock");

    /// <param name="configure">Changes its options.</param>
    public static async Task<RealServer> StartAsync(Func<ServerOptions, ServerOptions>? configure = null)
    {
        var server = new RealServer();
        try
        {
            var paths = new DefaultPaths(Path.Combine(server.Home, "config.yaml"), server.Home, server.Socket);
            var options = ServerOptions.CreateDefault(paths);
            options = options with
            {
                ListenAddr = [new ListenAddress(IPAddress.Loopback, 0)],

                // Its port is fixed by default, and processes with tests run beside each other.
                Derp = options.Derp with { Server = options.Derp.Server with { Enabled = false } },
            };
            server._server = await MeshServer.StartAsync(
                new MeshServerOptions(configure?.Invoke(options) ?? options) { Logging = _ => { } }, TestContext.Current.CancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The text of a new API key.</summary>
    public async Task<string> CreateApiKeyAsync() => (await RunAsync("apikeys", "create")).Out.TrimEnd();

    /// <summary>Runs the program against the server's socket.</summary>
    public Task<CliRun> RunAsync(params string[] args) => new CliRun().StartAsync([.. args, "--socket", Socket]);

    /// <summary>Lets a machine join that then goes away.</summary>
    public async Task JoinNodeAsync(string hostname, string key)
    {
        await using var node = NewNode(hostname, key, NodeIdentity.Create());
        await node.JoinAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A machine asks to be let in, without a key, and goes away.</summary>
    /// <returns>The URL that its client shows.</returns>
    public async Task<string> AskToJoinAsync(string hostname, NodeIdentity? identity = null)
    {
        var url = "";
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var node = NewNode(hostname, null, identity ?? NodeIdentity.Create(), page =>
        {
            url = page;
            return leaving.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.JoinAsync(leaving.Token));
        return url;
    }

    /// <summary>Two machines join, the second asks whether to let the first in by SSH, and both go away.</summary>
    public async Task AskForSshAsync(string source, string destination, string user, string key)
    {
        var token = TestContext.Current.CancellationToken;
        await JoinNodeAsync(source, key);
        await using var asking = NewNode(destination, key, NodeIdentity.Create());
        await asking.JoinAsync(token);
        var ids = JsonNode.Parse((await RunAsync("nodes", "list", "-o", "json")).Out)!.AsArray()
            .ToDictionary(node => (string)node!["given_name"]!, node => node!["id"]!.ToString());
        using var response = await asking.Client.SendAsync(
            HttpMethod.Get, $"/machine/ssh/action/{ids[source]}/to/{ids[destination]}?local_user={user}", body: null, token);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private SimulatedNode NewNode(string hostname, string? key, NodeIdentity identity, Func<string, Task>? visit = null) => new(
        new SimulatedNodeOptions
        {
            Endpoint = new ControlEndpoint { Url = new Uri($"http://{_server!.Address}") },
            Hostname = hostname,
            AuthKey = key,
            VisitLoginPage = visit,
        },
        identity);
}
