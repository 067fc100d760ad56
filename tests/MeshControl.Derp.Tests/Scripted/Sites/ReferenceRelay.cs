using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Sites;

/// <summary>
/// The relay of the stock clients' own library, from the directory that <c>MESHCONTROL_CLIENT_DIR</c> names, or <c>shared/client</c>
/// beside the repository. What passes against it proves the scripts and the tests' client; what fails against ours alone is our fault.
/// <c>MESHCONTROL_RELAY</c> names any other relay by its URL, one that runs and lets strangers in, so that the scripts judge that one.
/// </summary>
public sealed class ReferenceRelay : IRelaySite
{
    private const string Variable = "MESHCONTROL_CLIENT_DIR";
    private const string OtherVariable = "MESHCONTROL_RELAY";
    private const string Program = "derpload";

    private readonly Process? _process;
    private readonly string? _links;

    private ReferenceRelay(Process process, string links, int port, int stunPort)
    {
        _process = process;
        _links = links;
        Endpoint = RelayEndpoint.Tls(port) with { HostName = "derp.test" };
        Stun = new IPEndPoint(IPAddress.Loopback, stunPort);
    }

    private ReferenceRelay(Uri url) => Endpoint = new RelayEndpoint(url);

    public RelayEndpoint Endpoint { get; }

    /// <summary>Null where it is not known.</summary>
    public IPEndPoint? Stun { get; }

    /// <summary>Whether it is another relay than that of the clients' library.</summary>
    public bool IsOther => _process is null;

    /// <summary>Starts one on free ports. Skips the current test, with the reason, where there is none.</summary>
    public static async Task<ReferenceRelay> StartAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(OtherVariable) is { Length: > 0 } other)
        {
            return new ReferenceRelay(new Uri(other));
        }

        var launcher = FindLauncher();
        Assert.SkipWhen(launcher is null, $"There is no relay to compare with: neither does {Variable} name its directory, nor is it ../shared/client.");
        // The launcher goes by the name of the link it is called through.
        var links = Directory.CreateTempSubdirectory("mesh-relay-").FullName;
        var link = Path.Combine(links, Program);
        File.CreateSymbolicLink(link, launcher!);
        var (port, stunPort) = (FreePort(SocketType.Stream, ProtocolType.Tcp), FreePort(SocketType.Dgram, ProtocolType.Udp));
        var start = new ProcessStartInfo(link, ["serve", "--addr", $"127.0.0.1:{port}", "--stun", $"127.0.0.1:{stunPort}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var relay = new ReferenceRelay(process, links, port, stunPort);
        try
        {
            await relay.WaitUntilItListensAsync(cancellationToken);
            return relay;
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    public async Task<RelayClient> OpenAsync(X25519PrivateKey key, CancellationToken cancellationToken) =>
        (await RelayClient.DialWithoutLoginAsync(Endpoint with { TriesFastStart = false }, key, cancellationToken)).Client;

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_links!, recursive: true);
    }

    private static string? FindLauncher()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return Launcher(Path.GetFullPath(named));
        }

        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MeshControl.sln")))
        {
            directory = directory.Parent;
        }

        return directory is null ? null : Launcher(Path.GetFullPath("../shared/client", directory.FullName));
    }

    private static string? Launcher(string directory) =>
        Path.Combine(directory, "launch") is var launcher && File.Exists(launcher) && File.Exists(Path.Combine(directory, "bin", Program + ".xz"))
            ? launcher
            : null;

    private static int FreePort(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task WaitUntilItListensAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Endpoint.Url.Port), limit.Token);
                return;
            }
            catch (SocketException) when (!_process!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
    }
}
