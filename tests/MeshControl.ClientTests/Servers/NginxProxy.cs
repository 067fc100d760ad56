using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;

namespace MeshControl.ClientTests.Servers;

/// <summary>
/// nginx in front of the server, at ports 80 and 443 of host 0, with the configuration that the repository offers to operators: only
/// names of files and hosts are replaced.
/// </summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly HostLab _lab;
    private readonly string _directory;
    private BackgroundProcess? _process;
    private ServerCertificate? _certificate;

    private NginxProxy(HostLab lab, string directory) => (_lab, _directory) = (lab, directory);

    /// <summary>The certificate that clients have to trust.</summary>
    public string Certificate => _certificate!.CertificateFile;

    private string Configuration => Path.Combine(_directory, "nginx.conf");

    /// <summary>Skips the current test where there is no nginx.</summary>
    public static async Task<NginxProxy> StartAsync(HostLab lab, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no {Program}; deploy/apt-packages.txt names its package.");
        var proxy = new NginxProxy(lab, Directory.CreateTempSubdirectory("mesh-nginx-").FullName);
        await proxy.WriteFilesAsync(cancellationToken);
        proxy.Start();
        return proxy;
    }

    /// <summary>Starts it when it does not run.</summary>
    public void Start() =>
        _process = BackgroundProcess.Start("nginx", _lab.On(0, new CommandLine(Program, "-e", "stderr", "-c", Configuration)));

    public async Task StopAsync()
    {
        await _process!.StopAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // Not killed: its workers would stay.
            await StopAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string Replace(string text, string what, string by) =>
        text.Contains(what, StringComparison.Ordinal)
            ? text.Replace(what, by, StringComparison.Ordinal)
            : throw new InvalidDataException($"deploy/proxy/nginx.conf holds no {what} any more.");

    private async Task WriteFilesAsync(CancellationToken cancellationToken)
    {
        _certificate = await ServerCertificate.CreateAsync(_directory, cancellationToken);
        var site = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/proxy/nginx.conf"), cancellationToken);
        site = Replace(site, "/etc/letsencrypt/live/mesh.example.com/fullchain.pem", Certificate);
        site = Replace(site, "/etc/letsencrypt/live/mesh.example.com/privkey.pem", _certificate.KeyFile);
        site = Replace(site, "server_name mesh.example.com;", $"server_name {HostLab.ServerAddress};");
        await File.WriteAllTextAsync(Path.Combine(_directory, "site.conf"), site, cancellationToken);
        await File.WriteAllTextAsync(
            Configuration,
            $$"""
            daemon off;
            pid {{_directory}}/pid;
            events {}
            http {
                access_log off;
                include {{_directory}}/site.conf;
            }
            """,
            cancellationToken);
    }
}
