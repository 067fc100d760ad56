using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Processes;

/// <summary>
/// Tells systemd that the server is alive, twice within the time that it waits, but only while it is: a server that is stuck falls
/// silent, and is ended and started again.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;

    /// <param name="manager">Who is told.</param>
    /// <param name="isAlive">Whether the server does its work.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="logger">Is told when the server is stuck.</param>
    public Watchdog(ServiceManager manager, Func<bool> isAlive, TimeProvider time, ILogger logger) =>
        _watching = manager.WatchdogTimeout is { } timeout ? WatchAsync(manager, timeout / 2, isAlive, time, logger) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync(ServiceManager manager, TimeSpan interval, Func<bool> isAlive, TimeProvider time, ILogger logger)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                if (isAlive())
                {
                    manager.Alive();
                }
                else
                {
                    Log.Stuck(logger);
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
