using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Networks;

/// <summary>A server, a relay and real clients, on a lab of their own.</summary>
internal sealed class MeshNetwork : IAsyncDisposable
{
    /// <summary>The user that every network has.</summary>
    public const string User = "alice";

    private readonly HostLab _lab;
    private readonly ServerSite _site;
    private readonly BackgroundProcess _relay;
    private readonly List<RealClient> _clients = [];

    private MeshNetwork(HostLab lab, ServerSite site, BackgroundProcess relay, ServerProcess server, Meshctl meshctl, string key)
    {
        _lab = lab;
        _site = site;
        _relay = relay;
        Server = server;
        Meshctl = meshctl;
        Key = key;
    }

    public ServerProcess Server { get; }

    public Meshctl Meshctl { get; }

    public Uri Url => _site.Url;

    /// <summary>A reusable key of <see cref="User"/>.</summary>
    public string Key { get; }

    public IReadOnlyList<RealClient> Clients => _clients;

    /// <summary>Starts the daemons of the given versions, which know nothing of the server yet. Skips the test where it cannot run.</summary>
    public static async Task<MeshNetwork> StartAsync(DatabaseKind kind, params IReadOnlyList<string> versions)
    {
        var programs = ClientPrograms.Require();
        var cancellationToken = TestContext.Current.CancellationToken;
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            var lab = Push(parts, await HostLab.UpAsync(versions.Count, cancellationToken));
            var url = new Uri($"http://{HostLab.ServerAddress}:8080");
            var site = Push(parts, await ServerSite.CreateAsync(kind, url, cancellationToken));
            var relay = Push(parts, Relay.Start(lab, programs));
            var server = Push(parts, await ServerProcess.StartAsync(site, command => lab.On(0, command), lab.CreateHttpClient()));
            var meshctl = new Meshctl(site);
            await meshctl.CreateUserAsync(User, cancellationToken);
            var key = await meshctl.CreateKeyAsync(User, cancellationToken);
            var network = new MeshNetwork(lab, site, relay, server, meshctl, key);
            for (var i = 0; i < versions.Count; i++)
            {
                network._clients.Add(Push(parts, new RealClient(lab, programs, versions[i], i + 1)));
            }

            await Task.WhenAll(network.Clients.Select(client => client.StartAsync()));
            return network;
        }
        catch
        {
            while (parts.TryPop(out var part))
            {
                await part.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>As <see cref="StartAsync"/> with all supported versions, all of them in.</summary>
    public static async Task<MeshNetwork> StartJoinedAsync(DatabaseKind kind)
    {
        var network = await StartAsync(kind, ClientPrograms.SupportedVersions);
        try
        {
            await network.JoinAllAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public Task JoinAllAsync() => JoinAllAsync(_ => Key);

    /// <param name="key">The key that a client is given.</param>
    public async Task JoinAllAsync(Func<RealClient, string> key)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Task.WhenAll(Clients.Select(async client => (await client.UpAsync(Url, key(client), cancellationToken)).OrThrow()));
        await EverybodySeesEverybodyAsync();
    }

    /// <summary>Logs all clients out, and waits until the server has none of them online.</summary>
    public async Task LogoutAllAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Task.WhenAll(Clients.Select(client => client.LogoutAsync(cancellationToken)));
        await NobodyIsOnlineAsync();
    }

    /// <summary>The server shows nobody online.</summary>
    public Task NobodyIsOnlineAsync() => Eventually.GetAsync(
        "all clients to be offline", Meshctl.ListNodesAsync, rows => rows.All(row => !row.Online));

    public Task EverybodySeesEverybodyAsync(TimeSpan? within = null) => Task.WhenAll(Clients.Select(viewer => Eventually.GetAsync(
        $"{viewer.Name} to see all others online",
        viewer.StatusAsync,
        status => status.IsRunning
            && Clients.Where(other => other != viewer).All(other => status.Peer(other.Name)?.Online == true),
        within)));

    /// <summary>Every client pings every other.</summary>
    public async Task EverybodyReachesEverybodyAsync()
    {
        foreach (var from in Clients)
        {
            var status = await from.StatusAsync(TestContext.Current.CancellationToken);
            foreach (var to in Clients.Where(other => other != from))
            {
                var address = status.Peer(to.Name)!.Addresses[0];
                await Eventually.HoldsAsync($"a ping from {from.Name} to {to.Name}", token => from.PingAsync(address, token));
            }
        }
    }

    /// <summary>Takes the client's cable out: nobody is told that it is gone.</summary>
    public Task CutAsync(RealClient client) => _lab.CutAsync(client.Host, TestContext.Current.CancellationToken);

    public Task HealAsync(RealClient client) => _lab.HealAsync(client.Host, TestContext.Current.CancellationToken);

    /// <summary>The server's own row of a client.</summary>
    public async Task<NodeRow> RowAsync(RealClient client) =>
        (await Meshctl.ListNodesAsync(TestContext.Current.CancellationToken)).Single(row => row.GivenName == client.Name);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Server.DisposeAsync();
        await _relay.DisposeAsync();
        await _site.DisposeAsync();
        await _lab.DisposeAsync();
    }

    private static T Push<T>(Stack<IAsyncDisposable> parts, T part)
        where T : IAsyncDisposable
    {
        parts.Push(part);
        return part;
    }
}
