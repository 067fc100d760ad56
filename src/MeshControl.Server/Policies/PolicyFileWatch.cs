using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Policies;

/// <summary>
/// Looks at the policy file now and then. By the clock, since notifications of the file system are about the link or directory that was
/// named and miss what orchestrators and network file systems do.
/// </summary>
internal sealed class PolicyFileWatch(PolicyFileFollower follower, TimeProvider time, ILogger<PolicyFileWatch> logger) : BackgroundService
{
    /// <summary>Reading some kilobytes costs nothing, and whoever saved a policy is waiting for it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await follower.LookAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.PolicyFileLookFailed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
