using System.Text;
using MeshControl.Server.Configuration;
using MeshControl.Server.Processes;
using MeshControl.Server.Tests.Hosting;

namespace MeshControl.Server.Tests.Processes;

/// <summary>A server in this process, with the signals and the service manager of one of its own.</summary>
public sealed class ServerProcessTests : IAsyncDisposable
{
    private readonly ServerBench _bench = new();
    private readonly NotifySocket _socket = new();
    private readonly ProcessSignals _signals = ProcessSignals.Detached(_ => { });
    private readonly StringWriter _errors = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_LifeWithReloads_IsToldToTheServiceManager()
    {
        var running = RunAsync(Configuration(""));
        var ready = await _socket.ReceiveAsync();
        Assert.Equal("READY=1", ready[0]);
        Assert.StartsWith("STATUS=Serving http://127.0.0.1:8080 on http://127.0.0.1:", ready[1], StringComparison.Ordinal);

        await WriteAsync(Configuration("taildrop: {enabled: false}"));
        _signals.Reload();
        Assert.Equal("RELOADING=1", (await _socket.ReceiveAsync())[0]);
        Assert.Equal(ready, await _socket.ReceiveAsync());

        // A wrong one changes nothing, and the server is ready all the same.
        await WriteAsync("nonsense: 1");
        _signals.Reload();
        Assert.Equal("RELOADING=1", (await _socket.ReceiveAsync())[0]);
        Assert.Equal(ready, await _socket.ReceiveAsync());

        _signals.Stop(15);
        Assert.Equal("STOPPING=1", (await _socket.ReceiveAsync())[0]);
        Assert.Equal(0, await running);
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Run_StopWhileItStarts_EndsWithoutAWord()
    {
        _signals.Stop(15);
        while (!_signals.Stopping.IsCancellationRequested)
        {
            await Task.Yield();
        }

        Assert.Equal(0, await RunAsync(Configuration("")));
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Run_WrongConfiguration_IsStatus2()
    {
        Assert.Equal(2, await RunAsync("nonsense: 1"));
        Assert.StartsWith("Error: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DirectoryOfTheDatabaseIsAFile_IsOneLineAndStatus1()
    {
        await File.WriteAllTextAsync(_bench.InDirectory("file"), "", Token);

        var status = await RunAsync(Configuration("", _bench.InDirectory("file/db.sqlite")));

        Assert.Equal(1, status);
        var line = Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(_bench.InDirectory("file"), line, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_KnownCauses_AreOneLine()
    {
        Exception[] known =
        [
            new StartupException("The sentence."),
            new DllNotFoundException("Install the library."),
            new TypeInitializationException("Binding", new DllNotFoundException("Install the library.")),
            new IOException("No space left on device."),
            new UnauthorizedAccessException("Access to the path is denied."),
        ];

        Assert.All(known, exception => Assert.DoesNotContain('\n', StartFailures.Describe(exception)));
        Assert.Equal("Install the library.", StartFailures.Describe(known[2]));
        Assert.Contains("Describe_KnownCauses", StartFailures.Describe(Thrown()), StringComparison.Ordinal);

        static Exception Thrown()
        {
            try
            {
                throw new InvalidOperationException("Surprise.");
            }
            catch (InvalidOperationException exception)
            {
                return exception;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _signals.Dispose();
        await _errors.DisposeAsync();
        await _bench.DisposeAsync();
    }

    private async Task<int> RunAsync(string configuration)
    {
        await WriteAsync(configuration);
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _socket.Path };
        using var manager = new ServiceManager(environment, Environment.ProcessId, TimeProvider.System);
        var source = ConfigurationSource.ForProcess(_bench.InDirectory("config.yaml"), environment);
        return await new ServerProcess(source, _errors, new ProcessLoop(_signals, manager, TimeProvider.System), TimeProvider.System).RunAsync(Token);
    }

    private Task WriteAsync(string configuration) =>
        File.WriteAllTextAsync(_bench.InDirectory("config.yaml"), configuration, Encoding.UTF8, Token);

    private string Configuration(string more, string? database = null) =>
        $$"""
        listen_addr: 127.0.0.1:0
        server_url: http://127.0.0.1:8080
        unix_socket: {{_bench.Options.UnixSocket.Path}}
        noise: { private_key_path: {{_bench.Options.Noise.PrivateKeyPath}} }
        derp: { server: { enabled: false } }
        database: { type: sqlite, sqlite: { path: {{database ?? _bench.Options.Database.SqlitePath}} } }
        log: { level: disabled }
        dns: { base_domain: mesh.test, magic_dns: false, override_local_dns: false }
        {{more}}
        """;
}
