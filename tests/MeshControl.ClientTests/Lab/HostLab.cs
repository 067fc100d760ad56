using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshControl.ClientTests.Processes;

namespace MeshControl.ClientTests.Lab;

/// <summary>
/// Hosts as network namespaces, cut off from every other network: host 0 is the server's place at 10.99.0.1, a bridge to hosts 1 and
/// up, which have the addresses after it. All labs use the same addresses without noticing each other.
/// </summary>
internal sealed class HostLab : IAsyncDisposable
{
    public const string ServerAddress = "10.99.0.1";

    private static readonly SemaphoreSlim SweepOnce = new(1);
    private static bool _swept; // guarded by SweepOnce
    private static int _lastLab;

    private readonly int _lab = Interlocked.Increment(ref _lastLab);
    private readonly int _clients;

    private HostLab(int clients) => _clients = clients;

    /// <param name="clients">Hosts besides that of the server.</param>
    /// <param name="cancellationToken">Gives up; what was made until then is removed.</param>
    public static async Task<HostLab> UpAsync(int clients, CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken);
        var lab = new HostLab(clients);
        try
        {
            await lab.CreateAsync(cancellationToken);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The command, run on a host.</summary>
    public CommandLine On(int host, CommandLine command) =>
        new("ip", ["netns", "exec", Name(host), command.Program, .. command.Arguments]) { Environment = command.Environment };

    /// <summary>From here on hosts reach host 0 alone, and not each other: by no address of any kind.</summary>
    public Task IsolateAsync(CancellationToken cancellationToken) => IpAsync(
        Name(0), Enumerable.Range(1, _clients).Select(host => $"link set p{host} type bridge_slave isolated on"), cancellationToken);

    /// <summary>Gives host 0 one more address.</summary>
    public Task AddServerAddressAsync(string address, CancellationToken cancellationToken) =>
        IpAsync(Name(0), [$"addr add {address}/16 dev br0"], cancellationToken);

    /// <summary>From here on the host cannot reach the address.</summary>
    public Task ForbidAsync(int host, string address, CancellationToken cancellationToken) =>
        IpAsync(Name(host), [$"route add unreachable {address}/32"], cancellationToken);

    /// <summary>Takes <see cref="ForbidAsync"/> back.</summary>
    public Task AllowAsync(int host, string address, CancellationToken cancellationToken) =>
        IpAsync(Name(host), [$"route del unreachable {address}/32"], cancellationToken);

    /// <summary>A connection that starts at a host.</summary>
    public Task<Socket> ConnectAsync(int host, IPEndPoint target) => NamespaceSockets.ConnectAsync(Name(host), target);

    /// <summary>A socket that listens at the loopback address of a host, where what peers send to its node arrives.</summary>
    public Task<Socket> ListenAsync(int host, int port) => NamespaceSockets.ListenAsync(Name(host), new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>An HTTP client whose connections start at host 0.</summary>
    public HttpClient CreateHttpClient() => NamespaceHttp.CreateClient(Name(0));

    /// <summary>Takes the host's cable out.</summary>
    public Task CutAsync(int host, CancellationToken cancellationToken) => SetCableAsync(host, "down", cancellationToken);

    /// <summary>Puts the host's cable back.</summary>
    public Task HealAsync(int host, CancellationToken cancellationToken) => SetCableAsync(host, "up", cancellationToken);

    /// <summary>Ends what still runs on the hosts, and removes them.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var host = 0; host <= _clients; host++)
        {
            await RemoveAsync(Name(host));
        }
    }

    private string Name(int host) => LabNames.Host(_lab, host);

    private Task SetCableAsync(int host, string state, CancellationToken cancellationToken) =>
        IpAsync(Name(0), [$"link set p{host} {state}"], cancellationToken);

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var hosts = Enumerable.Range(1, _clients).ToList();
        await IpAsync(null, hosts.Prepend(0).Select(host => $"netns add {Name(host)}"), cancellationToken);
        string[] bridge =
        [
            "link set lo up",
            "link add br0 type bridge",
            $"addr add {ServerAddress}/16 dev br0",
            "addr add fd99::1/64 dev br0 nodad",
            "link set br0 up",
        ];
        var cables = hosts.SelectMany(host => new[]
        {
            $"link add p{host} type veth peer name eth0 netns {Name(host)}",
            $"link set p{host} master br0 up",
        });
        await IpAsync(Name(0), bridge.Concat(cables), cancellationToken);
        foreach (var host in hosts)
        {
            await IpAsync(
                Name(host),
                [
                    "link set lo up",
                    string.Create(CultureInfo.InvariantCulture, $"addr add 10.99.{(host + 1) / 256}.{(host + 1) % 256}/16 dev eth0"),
                    string.Create(CultureInfo.InvariantCulture, $"addr add fd99::{host + 1:x}/64 dev eth0 nodad"),
                    "link set eth0 up",
                    $"route add default via {ServerAddress}",
                ],
                cancellationToken);
        }
    }

    /// <summary>Removes what runs that were killed have left behind.</summary>
    private static async Task SweepAsync(CancellationToken cancellationToken)
    {
        await SweepOnce.WaitAsync(cancellationToken);
        try
        {
            if (_swept)
            {
                return;
            }

            var list = (await new CommandLine("ip", "netns", "list").RunAsync(cancellationToken)).OrThrow();
            foreach (var line in list.Output.Split('\n'))
            {
                var name = line.Split(' ')[0];
                if (LabNames.Maker(name) is { } maker && !Directory.Exists($"/proc/{maker}"))
                {
                    await RemoveAsync(name);
                }
            }

            _swept = true;
        }
        finally
        {
            SweepOnce.Release();
        }
    }

    private static async Task RemoveAsync(string name)
    {
        var processes = await new CommandLine("ip", "netns", "pids", name).RunAsync(CancellationToken.None);
        var ids = processes.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (processes.Succeeded && ids.Length > 0)
        {
            await new CommandLine("kill", ["-KILL", .. ids]).RunAsync(CancellationToken.None);
        }

        // Fails for a host that a lab did not come to make, which is as good.
        await new CommandLine("ip", "netns", "del", name).RunAsync(CancellationToken.None);
    }

    private static async Task IpAsync(string? name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        string[] place = name is null ? [] : ["-n", name];
        var batch = string.Join('\n', lines) + '\n';
        (await new CommandLine("ip", [.. place, "-batch", "-"]).RunAsync(cancellationToken, batch)).OrThrow();
    }
}
