using System.Globalization;
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
    private readonly IAsyncDisposable? _relay;
    private readonly List<RealClient> _clients = [];

    private MeshNetwork(HostLab lab, ServerSite site, IAsyncDisposable? relay, ServerProcess server, Meshctl meshctl, string key)
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

    /// <summary>The hosts and their cables.</summary>
    public HostLab Lab => _lab;

    /// <summary>The relays of their own, if the plan has them; none runs at first.</summary>
    public MeshedRelays? Meshed { get; private init; }

    public Uri Url => _site.Url;

    /// <summary>The file of the plan's policy.</summary>
    public string PolicyFile => _site.PolicyFile;

    /// <summary>A reusable key of <see cref="User"/>.</summary>
    public string Key { get; }

    public IReadOnlyList<RealClient> Clients => _clients;

    /// <summary>Starts the daemons of the given versions, which know nothing of the server yet. Skips the test where it cannot run.</summary>
    public static Task<MeshNetwork> StartAsync(DatabaseKind kind, params IReadOnlyList<string> versions) =>
        StartAsync(new NetworkPlan { Database = kind }, versions);

    /// <inheritdoc cref="StartAsync(DatabaseKind, IReadOnlyList{string})"/>
    public static async Task<MeshNetwork> StartAsync(NetworkPlan plan, params IReadOnlyList<string> versions)
    {
        var programs = ClientPrograms.Require();
        var cancellationToken = TestContext.Current.CancellationToken;
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            var lab = Push(parts, await HostLab.UpAsync(versions.Count, cancellationToken));
            if (plan.IsIsolated)
            {
                await lab.IsolateAsync(cancellationToken);
            }

            var meshed = plan.HasMeshedRelays ? Push(parts, await MeshedRelays.CreateAsync(lab, plan.Url, cancellationToken)) : null;
            var relays = meshed?.Configuration ?? plan.Relays;
            var site = Push(parts, await ServerSite.CreateAsync(plan.Database, plan.Url, cancellationToken, relays, plan.Policy));
            var relay = relays is null ? Push(parts, Relay.Start(lab, programs)) : null;
            var server = Push(parts, await ServerProcess.StartAsync(
                site, command => lab.On(0, command with { Environment = plan.Settings }), lab.CreateHttpClient()));
            var meshctl = new Meshctl(site);
            await meshctl.CreateUserAsync(User, cancellationToken);
            var key = await meshctl.CreateKeyAsync(User, cancellationToken);
            var network = new MeshNetwork(lab, site, (IAsyncDisposable?)meshed ?? relay, server, meshctl, key) { Meshed = meshed };
            for (var i = 0; i < versions.Count; i++)
            {
                var environment = site.Certificate is { } certificate ? plan.Environment.Concat(certificate.Trust).ToDictionary() : plan.Environment;
                network._clients.Add(Push(parts, new RealClient(lab, programs, versions[i], i + 1) { Environment = environment }));
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

    /// <summary>As <see cref="StartAsync(DatabaseKind, IReadOnlyList{string})"/> with all supported versions, all of them in.</summary>
    public static Task<MeshNetwork> StartJoinedAsync(DatabaseKind kind) =>
        StartJoinedAsync(new NetworkPlan { Database = kind }, ClientPrograms.SupportedVersions);

    /// <summary>As <see cref="StartAsync(NetworkPlan, IReadOnlyList{string})"/>, all of them in.</summary>
    public static async Task<MeshNetwork> StartJoinedAsync(NetworkPlan plan, params IReadOnlyList<string> versions)
    {
        var network = await StartAsync(plan, versions);
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

    /// <summary>The command, run beside the server.</summary>
    public CommandLine AtServer(CommandLine command) => _lab.On(0, command);

    /// <summary>Waits until so many connections wait for a server that does nothing any more.</summary>
    public Task RequestsWaitAsync(int count) => Eventually.GetAsync(
        $"{count} connections to wait for the server",
        async token => (await AtServer(new CommandLine("ss", "-Hlnt", "sport", "=", $":{Url.Port}")).RunAsync(token)).OrThrow().Output,
        sockets => int.Parse(sockets.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >= count);

    /// <summary>Takes the client's cable out: nobody is told that it is gone.</summary>
    public Task CutAsync(RealClient client) => _lab.CutAsync(client.Host, TestContext.Current.CancellationToken);

    public Task HealAsync(RealClient client) => _lab.HealAsync(client.Host, TestContext.Current.CancellationToken);

    /// <summary>A stream from one client to a service on the host of another, through the mesh.</summary>
    public async Task<MeshStream> OpenStreamAsync(RealClient from, RealClient to) =>
        await MeshStream.OpenAsync(_lab, from, to, TestContext.Current.CancellationToken);

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
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

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
