using System.Globalization;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests;

/// <summary>The published program as a process: what it does on signals, with clients that do not let go and a database that hangs.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private const int Interrupt = 2;
    private const int HangUp = 1;

    /// <summary>Enough that closing one after the other would show.</summary>
    private const int Crowd = 200;

    /// <summary>The byte of SQLite's shared memory whose lock makes the one writer.</summary>
    private const int WriteLock = 120;

    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<SimulatedNode> _unread = [];
    private ServerSite _site = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await ServerSite.CreateAsync(
        DatabaseKind.Sqlite, new Uri($"http://127.0.0.1:{FreePort.Find().ToString(CultureInfo.InvariantCulture)}"), Token);

    [Fact]
    public async Task Stop_CrowdOfClientsAndSomeThatHang_EndsCleanlyAndTheyComeBack()
    {
        await using var server = await StartAsync();
        var key = await CreateKeyAsync();
        await JoinAsync(key, Crowd);
        await using var silent = await OpenAsync();
        await using var half = await OpenAsync();
        await half.WriteAsync("POST /ts2021 HTTP/1.1\r\nHost: x\r\nUpgrade: tailsc"u8.ToArray(), Token);
        using var unread = await StreamUnreadAsync(key);
        var streams = _nodes.ToDictionary(node => node, node => node.Traffic.Streams);

        Assert.Equal(0, await server.StopAsync());
        Assert.DoesNotContain("did not answer", server.Log, StringComparison.Ordinal);
        Assert.Contains("Some connections did not end", server.Log, StringComparison.Ordinal);
        await server.StartAsync();

        await Eventually.HoldsAsync(
            "all clients to be back",
            _ => Task.FromResult(_nodes.TrueForAll(node => node.Traffic.Streams > streams[node])),
            Eventually.AfterReconnect);
        Assert.All(_nodes, node => Assert.Equal(0, node.Traffic.EmptyStreams));
        Assert.DoesNotContain(_nodes, node => node.LastStreamFault?.Contains("InvalidData", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Stop_DatabaseHangs_GivesUpWithAWordAndAStatus()
    {
        await using var server = await StartAsync();
        await JoinAsync(await CreateKeyAsync(), 1);

        using (LockDatabase())
        {
            Assert.Equal(1, await server.StopAsync());
        }

        Assert.Contains("The database did not answer within", server.Log, StringComparison.Ordinal);
        await server.StartAsync();
        Assert.Single(await new Meshctl(_site).ListNodesAsync(Token));
    }

    [Fact]
    public async Task Stop_AskedTwice_EndsAtOnce()
    {
        await using var server = await StartAsync();
        await JoinAsync(await CreateKeyAsync(), 1);

        using var held = LockDatabase();
        server.Signal(BackgroundProcess.Terminate);
        await Eventually.HoldsAsync("the first signal to be heard", _ => Task.FromResult(server.Log.Contains("Asked to stop", StringComparison.Ordinal)));
        server.Signal(Interrupt);

        Assert.Equal(128 + Interrupt, await server.WaitForExitAsync());
        Assert.DoesNotContain("did not answer", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_ConfigurationChanged_IsAppliedOrNamed()
    {
        await using var server = await StartAsync();
        await JoinAsync(await CreateKeyAsync(), 1);
        var text = await File.ReadAllTextAsync(_site.ConfigFile, Token);

        await ReloadAsync(text, "nothing has changed");
        await ReloadAsync(
            text.Replace("base_domain: mesh.test", "base_domain: other.test\n  search_domains: [corp.test]", StringComparison.Ordinal),
            "changed: dns.search_domains");
        await _nodes[0].WaitForAsync(map => map.Dns!.Domains!.Contains("corp.test"));
        await Eventually.HoldsAsync("the rest to be named", _ => Task.FromResult(
            server.Log.Contains("need a restart of the server to take effect: dns.base_domain", StringComparison.Ordinal)));
        await ReloadAsync("nonsense: 1\nderp: 3\n", "The configuration was not loaded again");

        Assert.Contains("nonsense: There is no such key.", server.Log, StringComparison.Ordinal);
        Assert.Contains("derp: Here stands", server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());

        async Task ReloadAsync(string configuration, string said)
        {
            await File.WriteAllTextAsync(_site.ConfigFile, configuration, Token);
            server.Signal(HangUp);
            await Eventually.HoldsAsync($"the log to say '{said}'", _ => Task.FromResult(server.Log.Contains(said, StringComparison.Ordinal)));
        }
    }

    [Fact]
    [Trait("Acceptance", "TestEphemeralInAlternateTimezone")]
    public async Task Logout_EphemeralNodesOfAServerInAnotherTimeZone_AreGone()
    {
        await using var server = await StartAsync(new Dictionary<string, string> { ["TZ"] = "America/Los_Angeles" });
        await JoinAsync(await CreateKeyAsync(ephemeral: true), 3);
        Assert.Equal(3, (await new Meshctl(_site).ListNodesAsync(Token)).Count);

        foreach (var node in _nodes)
        {
            await node.LogoutAsync(Token);
        }

        Assert.Empty(await new Meshctl(_site).ListNodesAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Concat(_unread).Select(node => node.DisposeAsync().AsTask()));
        await _site.DisposeAsync();
    }

    private Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string>? environment = null) => ServerProcess.StartAsync(
        _site, command => environment is null ? command : command with { Environment = environment }, new HttpClient());

    private async Task<string> CreateKeyAsync(bool ephemeral = false)
    {
        var meshctl = new Meshctl(_site);
        await meshctl.CreateUserAsync("alice", Token);
        return await meshctl.CreateKeyAsync("alice", Token, ephemeral ? ["--ephemeral"] : []);
    }

    private async Task JoinAsync(string key, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _nodes.Add(new SimulatedNode(new SimulatedNodeOptions
            {
                Endpoint = new ControlEndpoint { Url = _site.Url },
                Hostname = $"node{i.ToString(CultureInfo.InvariantCulture)}",
                AuthKey = key,
                RecordsMessages = false,
                KeepsPeers = false,
            }));
        }

        await Parallel.ForEachAsync(
            _nodes,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token },
            async (node, token) => await node.JoinAsync(token));
    }

    /// <summary>A map stream whose client reads nothing: more than its window waits in the server.</summary>
    private async Task<IDisposable> StreamUnreadAsync(string key)
    {
        var node = new SimulatedNode(new SimulatedNodeOptions { Endpoint = new ControlEndpoint { Url = _site.Url }, Hostname = "unread" });
        _unread.Add(node);
        await node.RegisterAsync(key, Token);
        return await node.Client.OpenMapAsync(node.CreateMapRequest(stream: true, omitPeers: false) with { Compress = "" }, Token);
    }

    /// <summary>A connection that says what the test writes, and reads nothing.</summary>
    private Task<Stream> OpenAsync() => ControlDialer.ConnectAsync(new ControlEndpoint { Url = _site.Url }, Token);

    /// <summary>Takes SQLite's lock for writing, as a program would that hangs in the middle of it.</summary>
    private FileStream LockDatabase()
    {
        var file = new FileStream(
            Path.Combine(Path.GetDirectoryName(_site.ConfigFile)!, "db.sqlite-shm"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (OperatingSystem.IsLinux())
        {
            file.Lock(WriteLock, 1);
        }

        return file;
    }
}
