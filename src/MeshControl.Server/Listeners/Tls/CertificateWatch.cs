using Microsoft.Extensions.Hosting;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>
/// Looks at the certificate's files now and then. By the clock, since notifications of the file system are about the link or
/// directory that was named and miss what renewal tools and orchestrators do: turn a link further down the path.
/// </summary>
internal sealed class CertificateWatch(ServerCertificate certificate, TimeProvider time) : BackgroundService
{
    /// <summary>Two small files are read; half a minute is nothing against the days that certificates overlap.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                certificate.Reload();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
