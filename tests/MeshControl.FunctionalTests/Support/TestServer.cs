using System.Collections.Concurrent;
using System.Net;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Processes;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;
using Microsoft.Extensions.Logging;

namespace MeshControl.FunctionalTests.Support;

/// <summary>
/// A whole server in this process, on a loopback port and with its files in a directory of its own. Disposing stops its nodes
/// and itself, and fails if it logged a warning or an error that the test did not expect, or ended a stream that had not begun.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>The region of the one relay that clients are told about.</summary>
    public const int DerpRegion = 900;

    public const string BaseDomain = "mesh.internal";

    private readonly LogRecorder _log = new();
    private readonly ConcurrentBag<SimulatedNode> _nodes = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-");
    private readonly TimeProvider _time;
    private readonly Func<ServerOptions, ServerOptions> _configure;
    private MeshServer? _server;
    private bool _usesTls;
    private int _port;

    private TestServer(TimeProvider time, Func<ServerOptions, ServerOptions> configure) => (_time, _configure) = (time, configure);

    /// <summary>What it was started with.</summary>
    public ServerOptions Options { get; private set; } = null!;

    public MeshServer Server => _server ?? throw new InvalidOperationException("The server is stopped.");

    public string AdminSocket => Path.Combine(_directory.FullName, "admin.sock");

    public Tailnet Tailnet => Server.ControlPlane.Default;

    public Uri Url => new($"{(_usesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://127.0.0.1:{_port}");

    public ControlEndpoint Endpoint => new() { Url = Url, AcceptsAnyCertificate = _usesTls };

    /// <summary>Starts a server.</summary>
    /// <param name="time">Its clock; the real one if null.</param>
    /// <param name="configure">Changes its options.</param>
    public static async Task<TestServer> StartAsync(TimeProvider? time = null, Func<ServerOptions, ServerOptions>? configure = null)
    {
        var server = new TestServer(time ?? TimeProvider.System, configure ?? (options => options));
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on the port and with the files it had before.</summary>
    public async Task StartAgainAsync()
    {
        var paths = new DefaultPaths(Path.Combine(_directory.FullName, "config.yaml"), _directory.FullName, AdminSocket);
        var options = ServerOptions.CreateDefault(paths);
        options = options with
        {
            ListenAddr = [new ListenAddress(IPAddress.Loopback, _port)],
            ServerUrl = new Uri($"http://127.0.0.1:{(_port == 0 ? 80 : _port)}"),
            Dns = new DnsOptions { BaseDomain = BaseDomain },
            Derp = new DerpOptions { Map = OneRelay(), Server = options.Derp.Server with { Enabled = false } },

            // Few enough for whatever number of files the machine lets a test open.
            Limits = new LimitOptions { MaxConnections = 4096, MaxPendingConnections = 2048 },
        };
        options = Options = _configure(options);
        _usesTls = options.Tls.IsEnabled;
        _server = await MeshServer.StartAsync(
            new MeshServerOptions(options)
            {
                Time = _time,
                StopLimits = new StopLimits { State = TimeSpan.FromMinutes(1) },
                Logging = logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(_log),
            },
            TestContext.Current.CancellationToken);
        _port = _server.Address.Port;
    }

    /// <summary>Stops the server; its nodes go on trying to reach it.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Says that the test makes the server log this warning or error.</summary>
    public void ExpectLog(int eventId) => _log.Expect(eventId);

    /// <summary>How often the server has logged something.</summary>
    public int CountLog(int eventId) => _log.Lines.Count(line => line.Event == eventId);

    /// <summary>How many lines the server has written with the level that it has by itself; the web server then writes warnings alone.</summary>
    public int CountLines() =>
        _log.Lines.Count(line => line.Level >= LogLevel.Warning || line.Category.StartsWith("MeshControl", StringComparison.Ordinal));

    public async Task<TResult> ExecuteAsync<TResult>(TailnetCommand<TResult> command)
    {
        var result = await Tailnet.ExecuteAsync(command, TestContext.Current.CancellationToken);
        return result.TryGetValue(out var value, out var error) ? value : throw new InvalidOperationException(error.Message);
    }

    public Task<User> CreateUserAsync(string name) =>
        ExecuteAsync(new CreateUserCommand(name, displayName: name, email: null, pictureUrl: null));

    /// <summary>Sets a policy as an administrator would; one that is refused fails the test.</summary>
    public async Task SetPolicyAsync(string text)
    {
        var result = await Tailnet.Policies.SetAsync(text, "test", TestContext.Current.CancellationToken);
        Assert.True(result.TryGetValue(out _, out var error), error?.Message);
    }

    /// <summary>The text of a new key of a user.</summary>
    public async Task<string> CreateKeyAsync(
        User? owner, bool reusable = true, bool ephemeral = false, TimeSpan? lifetime = null, params IReadOnlyList<string> tags)
    {
        var key = await ExecuteAsync(new CreatePreAuthKeyCommand
        {
            Owner = owner?.Id,
            Reusable = reusable,
            Ephemeral = ephemeral,
            Lifetime = lifetime,
            Tags = tags,
        });
        return key.Text;
    }

    /// <summary>A user and a reusable key of theirs.</summary>
    public async Task<string> CreateUserWithKeyAsync(string name) => await CreateKeyAsync(await CreateUserAsync(name));

    /// <summary>A node that has not joined yet. The server's end stops it.</summary>
    public SimulatedNode NewNode(
        string hostname, string? authKey, Func<SimulatedNodeOptions, SimulatedNodeOptions>? edit = null, NodeIdentity? identity = null)
    {
        var options = new SimulatedNodeOptions
        {
            Endpoint = Endpoint,
            Hostname = hostname,
            AuthKey = authKey,
            HomeDerp = DerpRegion,
            Endpoints = [new IPEndPoint(IPAddress.Parse("192.0.2.1"), 41641)],
        };
        var node = new SimulatedNode(edit?.Invoke(options) ?? options, identity ?? NodeIdentity.Create());
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node that has joined.</summary>
    public async Task<SimulatedNode> JoinAsync(
        string hostname, string authKey, Func<SimulatedNodeOptions, SimulatedNodeOptions>? edit = null, NodeIdentity? identity = null)
    {
        var node = NewNode(hostname, authKey, edit, identity);
        await node.JoinAsync(TestContext.Current.CancellationToken);
        return node;
    }

    /// <summary>A channel to the admin API, over the server's socket.</summary>
    public RpcChannel OpenAdmin() => RpcChannel.ForUnixSocket(AdminSocket, TimeSpan.Zero, TimeProvider.System);

    /// <summary>What the server has of a simulated node.</summary>
    public NodeEntry Entry(SimulatedNode node) =>
        Tailnet.Snapshot.Nodes.TryGet(node.Identity.NodeKey, out var entry)
            ? entry
            : throw new KeyNotFoundException($"The server does not know {node}.");

    /// <summary>The server's key, as clients get it.</summary>
    public async Task<MachinePublicKey> GetServerKeyAsync()
    {
        using var http = new HttpClient();
        var url = new Uri(Url, $"/key?v={CapabilityVersions.Latest}");
        return ControlJson.Parse<ServerKeyResponse>(
            await http.GetByteArrayAsync(url, TestContext.Current.CancellationToken)).PublicKey;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        await StopAsync();
        _directory.Delete(recursive: true);
        Assert.Empty(_log.Complaints);
        Assert.All(_nodes, node => Assert.Equal(0, node.Traffic.EmptyStreams));
    }

    private static DerpMap OneRelay()
    {
        var node = new DerpNode { Name = "900a", RegionId = DerpRegion, HostName = "derp.example.com" };
        var region = new DerpRegion { RegionId = DerpRegion, RegionCode = "home", RegionName = "Home", Nodes = [node] };
        return new DerpMap { Regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(DerpRegion, region)]) };
    }
}
