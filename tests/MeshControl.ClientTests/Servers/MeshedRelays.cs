using System.Security.Cryptography;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;

namespace MeshControl.ClientTests.Servers;

/// <summary>
/// Two relays without a server, each in a process of its own and at an address of its own on host 0, that form one region. They know each
/// other by their mesh key, clients know them by their certificate's hash, and they ask the server about clients.
/// </summary>
internal sealed class MeshedRelays : IAsyncDisposable
{
    /// <summary>The region's code.</summary>
    public const string Code = "pair";

    public static readonly IReadOnlyList<string> Addresses = ["10.99.200.1", "10.99.200.2"];

    private readonly HostLab _lab;
    private readonly string _directory;
    private readonly ServerCertificate _certificate;
    private readonly Uri _server;
    private readonly string _binary;
    private readonly BackgroundProcess?[] _processes = new BackgroundProcess?[Addresses.Count];

    private MeshedRelays(HostLab lab, string directory, ServerCertificate certificate, Uri server, string binary)
    {
        _lab = lab;
        _directory = directory;
        _certificate = certificate;
        _server = server;
        _binary = binary;
    }

    /// <summary>The part of a server's configuration that tells clients of both, and of no other.</summary>
    public string Configuration =>
        $"""
        derp:
          server:
            enabled: false
          map:
            regions:
              901:
                regioncode: {Code}
                regionname: Pair
                nodes:
        {Node(0)}
        {Node(1)}
        """;

    /// <param name="server">Whom the relays ask.</param>
    public static async Task<MeshedRelays> CreateAsync(HostLab lab, Uri server, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("mesh-relays-").FullName;
        foreach (var address in Addresses)
        {
            await lab.AddServerAddressAsync(address, cancellationToken);
        }

        var key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var keyFile = Path.Combine(directory, "mesh.key");
        await File.WriteAllTextAsync(keyFile, key, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var certificate = await ServerCertificate.CreateAsync(directory, cancellationToken, Addresses);
        return new MeshedRelays(lab, directory, certificate, server, await ServerBinary.GetAsync());
    }

    /// <summary>Starts one that does not run.</summary>
    public async Task StartAsync(int relay)
    {
        if (_processes[relay] is { } old)
        {
            await old.DisposeAsync();
        }

        _processes[relay] = BackgroundProcess.Start($"relay {relay}", _lab.On(0, new CommandLine(
            _binary,
            "derp",
            "serve",
            "--hostname",
            Addresses[relay],
            "--addr",
            $"{Addresses[relay]}:443",
            "--certfile",
            _certificate.CertificateFile,
            "--keyfile",
            _certificate.KeyFile,
            "--key-file",
            Path.Combine(_directory, $"relay{relay}.key"),
            "--mesh-key-file",
            Path.Combine(_directory, "mesh.key"),
            "--mesh-with",
            $"https://{Addresses[1 - relay]}#sha256-raw:{_certificate.Hash}",
            "--verify-url",
            new Uri(_server, "/verify").ToString(),
            "--log-level",
            "debug")));
    }

    /// <summary>Ends one as a power cut does.</summary>
    public Task KillAsync(int relay) => _processes[relay]!.KillAsync();

    /// <summary>The last lines that one printed.</summary>
    public string Log(int relay) => _processes[relay]!.Log;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        Directory.Delete(_directory, recursive: true);
    }

    private string Node(int relay) =>
        $"""
                  - name: 901{relay}
                    hostname: {Addresses[relay]}
                    ipv4: {Addresses[relay]}
                    certname: sha256-raw:{_certificate.Hash}
        """;
}
