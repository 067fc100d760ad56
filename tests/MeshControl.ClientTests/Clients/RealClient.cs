using System.Diagnostics;
using System.Globalization;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Clients;

/// <summary>A stock client on a host of its own.</summary>
internal sealed class RealClient : IAsyncDisposable
{
    private readonly HostLab _lab;
    private readonly ClientPrograms _programs;
    private readonly string _directory;
    private BackgroundProcess? _daemon;

    /// <param name="lab">Its network.</param>
    /// <param name="programs">Where its programs are.</param>
    /// <param name="version">One of <see cref="ClientPrograms.SupportedVersions"/>, or the one that is too old.</param>
    /// <param name="host">Its host in the lab.</param>
    public RealClient(HostLab lab, ClientPrograms programs, string version, int host)
    {
        _lab = lab;
        _programs = programs;
        _directory = Directory.CreateTempSubdirectory("mesh-client-").FullName;
        Host = host;
        Version = version;
        Name = $"v{version.Replace('.', '-')}-h{host}";
    }

    /// <summary>Its host in the lab.</summary>
    public int Host { get; }

    public string Version { get; }

    /// <summary>The host name it asks for: its version and its host.</summary>
    public string Name { get; }

    /// <summary>A directory of the client's own, for what a test wants to send or receive.</summary>
    public string Files => Directory.CreateDirectory(Path.Combine(_directory, "files")).FullName;

    /// <summary>Whether a file of that name is anywhere below the client's directory.</summary>
    public bool Holds(string file) => Directory.EnumerateFiles(_directory, file + "*", SearchOption.AllDirectories).Any();

    /// <summary>What the environment of its programs has besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    private string Socket => Path.Combine(_directory, "sock");

    /// <summary>Starts the daemon on what state there is.</summary>
    public async Task StartAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        var command = _programs.Command(
            "tailscaled", Version, $"--statedir={_directory}", $"--socket={Socket}", "--tun=userspace-networking", "--verbose=1");
        command = command with { Environment = command.Environment.Concat(Environment).ToDictionary() };
        _daemon = BackgroundProcess.Start($"client {Version}", _lab.On(Host, command));
        await Eventually.HoldsAsync($"the client {Version} to answer", async cancellationToken =>
        {
            await StatusAsync(cancellationToken);
            return true;
        });
    }

    /// <summary>The last lines that its daemon printed.</summary>
    public string Log => _daemon?.Log ?? "";

    /// <summary>Its daemon does nothing any more, but its connections stay.</summary>
    public void Freeze() => _daemon!.Signal(BackgroundProcess.Freeze);

    public Task StopAsync() => _daemon!.StopAsync();

    /// <summary>
    /// Joins by a key and waits until the client says that it is in, or why it is not. What the daemon remembers of other settings
    /// is reset, or it might want them to be repeated.
    /// </summary>
    public Task<CommandResult> UpAsync(Uri server, string key, CancellationToken cancellationToken, params string[] options) => RunAsync(
        cancellationToken,
        [
            "up",
            $"--login-server={server.GetLeftPart(UriPartial.Authority)}",
            $"--authkey={key}",
            $"--hostname={Name}",
            "--reset",
            "--timeout=45s",
            .. options,
        ]);

    /// <summary>Asks to be let in, and waits until somebody does.</summary>
    public Task<CommandResult> LogInAsync(Uri server, CancellationToken cancellationToken, params string[] options) => RunAsync(
        cancellationToken,
        ["up", $"--login-server={server.GetLeftPart(UriPartial.Authority)}", $"--hostname={Name}", "--reset", "--timeout=120s", .. options]);

    public async Task<ClientStatus> StatusAsync(CancellationToken cancellationToken) =>
        ClientStatus.Parse((await RunAsync(cancellationToken, "status", "--json")).OrThrow().Output);

    /// <summary>The nodes that the server told the client about; the client itself first.</summary>
    public async Task<IReadOnlyList<NetmapNode>> NetmapAsync(CancellationToken cancellationToken) =>
        NetmapReader.Read((await RunAsync(cancellationToken, "debug", "netmap")).OrThrow().Output);

    /// <summary>Whom it lets in: what <c>debug netmap</c> shows of it, as all versions do.</summary>
    public async Task<ClientFilter> FilterAsync(CancellationToken cancellationToken) =>
        ClientFilter.Parse((await RunAsync(cancellationToken, "debug", "netmap")).OrThrow().Output);

    /// <summary>How many maps the server has sent, whole ones and changes; keep-alives are none.</summary>
    public async Task<long> CountMapsAsync(CancellationToken cancellationToken)
    {
        const string counter = "controlclient_map_response_map ";
        var metrics = (await RunAsync(cancellationToken, "debug", "metrics")).OrThrow().Output;
        return long.Parse(
            metrics.Split('\n').Single(line => line.StartsWith(counter, StringComparison.Ordinal))[counter.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>One ping through WireGuard's key exchange; by a relay or directly.</summary>
    public async Task<bool> PingAsync(string address, CancellationToken cancellationToken) =>
        (await RunAsync(cancellationToken, "ping", "--c=1", "--until-direct=false", "--timeout=3s", address)).Succeeded;

    /// <summary>A ping of that kind, and by what path its answer came.</summary>
    /// <returns>Such as <c>DERP(meshcontrol)</c> or an endpoint; null when no answer came.</returns>
    public async Task<string?> PathAsync(string address, CancellationToken cancellationToken)
    {
        var result = await RunAsync(cancellationToken, "ping", "--c=1", "--until-direct=false", "--timeout=3s", address);
        var words = result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Array.IndexOf(words, "via") is var via and >= 0 ? words[via + 1] : null;
    }

    public async Task LogoutAsync(CancellationToken cancellationToken) => (await RunAsync(cancellationToken, "logout")).OrThrow();

    /// <summary>Any command of the client.</summary>
    public Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Command(arguments).RunAsync(cancellationToken);

    /// <summary>Any command of the client that does something on the network itself, and so has to be on the host.</summary>
    public Task<CommandResult> RunOnHostAsync(CancellationToken cancellationToken, params string[] arguments) => _lab.On(Host, Command(arguments))
        .RunAsync(cancellationToken);

    /// <summary>A command of the client that is to be talked with.</summary>
    public Process Start(params string[] arguments) => Process.Start(Command(arguments).ToStartInfo())!;

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private CommandLine Command(string[] arguments) => _programs.Command("tailscale", Version, [$"--socket={Socket}", .. arguments]);
}
