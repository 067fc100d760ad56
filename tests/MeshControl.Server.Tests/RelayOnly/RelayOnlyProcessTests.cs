using MeshControl.Server.Configuration;
using MeshControl.Server.Processes;
using MeshControl.Server.RelayOnly;
using MeshControl.Server.Tests.Processes;

namespace MeshControl.Server.Tests.RelayOnly;

/// <summary>A relay alone in this process, with the signals and the service manager of one of its own.</summary>
public sealed class RelayOnlyProcessTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-relay-");
    private readonly NotifySocket _socket = new();
    private readonly ProcessSignals _signals = ProcessSignals.Detached(_ => { });
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_Life_IsToldToTheServiceManagerAndTheMapIsPrinted()
    {
        var running = RunAsync(Flags);
        var ready = await _socket.ReceiveAsync();
        Assert.Equal("READY=1", ready[0]);
        Assert.StartsWith("STATUS=Relaying for relay.example.com on https://127.0.0.1:", ready[1], StringComparison.Ordinal);

        _signals.Reload();
        Assert.Equal("RELOADING=1", (await _socket.ReceiveAsync())[0]);
        Assert.Equal(ready, await _socket.ReceiveAsync());

        _signals.Stop(15);
        Assert.Equal("STOPPING=1", (await _socket.ReceiveAsync())[0]);
        Assert.Equal((0, ""), (await running, _errors.ToString()));
        Assert.Contains("\n          - name: \"900a\"\n            hostname: \"relay.example.com\"\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PrintedMap_IsOneThatTheServerTakes()
    {
        var running = RunAsync(Flags with { RegionName = "Here \"and\" there: #1", RegionCode = "h\\t" });
        await _socket.ReceiveAsync();
        _signals.Stop(15);
        Assert.Equal(0, await running);
        var file = Path.Combine(_directory.FullName, "config.yaml");
        await File.WriteAllTextAsync(file, _output.ToString(), Token);

        var loaded = ConfigurationLoader.Load(Source with { ExplicitPath = file });

        Assert.Empty(loaded.Errors);
        var region = loaded.Options!.Derp.Map.Regions![900]!;
        Assert.Equal(("Here \"and\" there: #1", "h\\t"), (region.RegionName, region.RegionCode));
        Assert.StartsWith("sha256-raw:", region.Nodes![0].CertName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FlagsThatMakeNoSense_IsStatus2()
    {
        Assert.Equal(2, await RunAsync(new RelayOnlyFlags()));
        Assert.StartsWith("Error: Say by which name", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Run_CertificateThatIsNone_IsOneLineAndStatus1()
    {
        var file = Path.Combine(_directory.FullName, "relay.crt");
        await File.WriteAllTextAsync(file, "nonsense", Token);

        Assert.Equal(1, await RunAsync(Flags with { CertFile = file, CertKeyFile = file }));
        var line = Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("--certfile", line, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _signals.Dispose();
        _directory.Delete(recursive: true);
    }

    private static RelayOnlyFlags Flags => new()
    {
        Addresses = ["127.0.0.1:0"],
        HostName = "relay.example.com",
        KeyFile = "relay.key",
        Stun = false,
        LogLevel = "disabled",
    };

    private ConfigurationSource Source => new()
    {
        Environment = new Dictionary<string, string>(),
        IsRoot = false,
        HomeDirectory = _directory.FullName,
        WorkingDirectory = _directory.FullName,
    };

    private async Task<int> RunAsync(RelayOnlyFlags flags)
    {
        using var manager = new ServiceManager(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _socket.Path }, 4711, TimeProvider.System);
        var loop = new ProcessLoop(_signals, manager, TimeProvider.System);
        return await new RelayOnlyProcess(Source, _output, _errors, loop, TimeProvider.System).RunAsync(flags, Token);
    }
}
