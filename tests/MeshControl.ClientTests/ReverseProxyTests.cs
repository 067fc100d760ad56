using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests;

/// <summary>Real clients that reach the server through nginx, with the configuration that the repository offers.</summary>
public sealed class ReverseProxyTests : IAsyncLifetime
{
    private const string Address = "127.0.0.1:8080";

    private static readonly Uri PublicUrl = new($"https://{HostLab.ServerAddress}");

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly List<RealClient> _clients = [];
    private HostLab? _lab;
    private NginxProxy? _nginx;
    private ServerProcess? _server;
    private Meshctl? _meshctl;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nginx_InFrontOfTheServer_IsNoHindranceToClients()
    {
        await StartAsync();
        await JoinAsync();

        // The server sees the proxy alone, and is told by it.
        Assert.Contains("registered from 10.99.0.2", _server!.Log, StringComparison.Ordinal);
        Assert.Contains("registered from 10.99.0.3", _server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("registered from 127.0.0.1", _server.Log, StringComparison.Ordinal);

        await _nginx!.StopAsync();
        await AllAreAsync(online: false, "the proxy is away");
        _nginx.Start();
        await AllAreAsync(online: true, "the proxy is back", Eventually.AfterReconnect);
    }

    // The connection between proxy and server stays as if nothing were: only pings inside the channel tell.
    [Theory]
    [InlineData(20)]
    [InlineData(10)]
    public async Task Cut_ClientBehindNginx_IsOfflineInTimeAndUntilItIsBack(int seconds)
    {
        await StartAsync(seconds);
        await JoinAsync();
        await using var door = LabDoor.Open(_lab!, PublicUrl);
        await using var watcher = new SimulatedNode(new SimulatedNodeOptions
        {
            Endpoint = new ControlEndpoint { Url = door.Of(PublicUrl), AcceptsAnyCertificate = true },
            Hostname = "watcher",
            AuthKey = await _meshctl!.CreateKeyAsync("alice", Token, "--ephemeral"),
        });
        await watcher.JoinAsync(Token);
        var id = (await _meshctl.ListNodesAsync(Token)).Single(row => row.GivenName == _clients[1].Name).Id;
        (await _clients[1].RunAsync(Token, "set", "--hostname=spoke")).OrThrow();
        await watcher.WaitForAsync(map => map.FindPeer("spoke") is not null);

        var cut = TimeProvider.System.GetUtcNow();
        await _lab!.CutAsync(_clients[1].Host, Token);

        var offline = await PresenceHistory.WaitForOfflineAsync(watcher, id, after: cut);
        Assert.InRange((offline - cut).TotalSeconds, 0, seconds);
        Assert.True((await _meshctl.ListNodesAsync(Token)).Single(row => row.GivenName == _clients[0].Name).Online);
        await watcher.LogoutAsync(Token);
        await _lab.HealAsync(_clients[1].Host, Token);
        await AllAreAsync(online: true, "the cable is back", Eventually.AfterReconnect);
    }

    /// <summary>A server at the loopback address, nginx at the host's own, and two clients, one of which never takes port 80.</summary>
    /// <param name="offlineAfter">Seconds.</param>
    private async Task StartAsync(int offlineAfter = 20)
    {
        var programs = ClientPrograms.Require();
        _lab = Push(await HostLab.UpAsync(2, Token));
        _nginx = Push(await NginxProxy.StartAsync(_lab, Token));

        // What waits for the server asks through the proxy, at port 80.
        var site = Push(await ServerSite.CreateAsync(DatabaseKind.Sqlite, new Uri($"http://{HostLab.ServerAddress}:80"), Token));
        Push(Relay.Start(_lab, programs));
        var settings = new Dictionary<string, string>
        {
            ["MESHCONTROL_SERVER_URL"] = PublicUrl.GetLeftPart(UriPartial.Authority),
            ["MESHCONTROL_LISTEN_ADDR"] = Address,
            ["MESHCONTROL_TRUSTED_PROXIES"] = "127.0.0.1/32",
            ["MESHCONTROL_NODE_OFFLINE_AFTER"] = $"{offlineAfter}s",
        };
        _server = Push(await ServerProcess.StartAsync(
            site, command => _lab.On(0, command with { Environment = settings }), _lab.CreateHttpClient()));
        _meshctl = new Meshctl(site);
        var trust = new Dictionary<string, string> { ["SSL_CERT_FILE"] = _nginx.Certificate };
        var tlsOnly = new Dictionary<string, string>(trust) { ["TS_FORCE_NOISE_443"] = "true" };
        _clients.Add(Push(new RealClient(_lab, programs, ClientPrograms.SupportedVersions[0], 1) { Environment = trust }));
        _clients.Add(Push(new RealClient(_lab, programs, ClientPrograms.SupportedVersions[^1], 2) { Environment = tlsOnly }));
        await Task.WhenAll(_clients.Select(client => client.StartAsync()));
    }

    private async Task JoinAsync()
    {
        await _meshctl!.CreateUserAsync("alice", Token);
        var key = await _meshctl.CreateKeyAsync("alice", Token);
        await Task.WhenAll(_clients.Select(async client => (await client.UpAsync(PublicUrl, key, Token)).OrThrow()));
        await Eventually.GetAsync(
            "each client to see the other online",
            _clients[0].StatusAsync,
            status => status.Peer(_clients[1].Name)?.Online == true);
        await AllAreAsync(online: true, "both have joined");
    }

    private Task AllAreAsync(bool online, string when, TimeSpan? within = null) => Eventually.GetAsync(
        $"all nodes to be {(online ? "online" : "offline")} when {when}",
        _meshctl!.ListNodesAsync,
        rows => rows.Count == _clients.Count && rows.All(row => row.Online == online),
        within);

    private T Push<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
