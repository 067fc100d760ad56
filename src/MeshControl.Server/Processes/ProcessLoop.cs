using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Processes;

/// <summary>
/// What every process of ours does between its start and its stop: it tells the service manager how it is, and answers signals.
/// <code>
/// ready ─┬─► SIGHUP ─► reload ─► ready ─┐
///        ├──────────────◄───────────────┘
///        └─► SIGTERM, SIGINT, SIGQUIT ─► stop
/// </code>
/// </summary>
/// <param name="signals">What the process is asked for.</param>
/// <param name="manager">Who wants to know how it is doing.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessLoop(ProcessSignals signals, ServiceManager manager, TimeProvider time)
{
    /// <summary>Cancelled by the first signal to stop.</summary>
    public CancellationToken Stopping => signals.Stopping;

    /// <summary>Runs as the process that we are in.</summary>
    /// <param name="environment">All variables of the process; those for it alone are taken from its children.</param>
    /// <param name="time">The clock.</param>
    /// <param name="run">The process.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunHereAsync(
        IReadOnlyDictionary<string, string> environment, TimeProvider time, Func<ProcessLoop, Task<int>> run)
    {
        using var signals = ProcessSignals.Listen(ExitNow);
        using var manager = new ServiceManager(environment, Environment.ProcessId, time);
        foreach (var variable in ServiceManager.Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return await run(new ProcessLoop(signals, manager, time));
    }

    /// <summary>Until the process is asked to stop.</summary>
    /// <param name="describe">What it is busy with, in one line.</param>
    /// <param name="isAlive">Whether it does its work.</param>
    /// <param name="reload">Loads its configuration again; what it throws is logged.</param>
    /// <param name="logger">Is told of all this.</param>
    /// <param name="stop">Ends it.</param>
    public async Task ServeAsync(
        Func<string> describe, Func<bool> isAlive, Func<CancellationToken, Task> reload, ILogger logger, CancellationToken stop)
    {
        manager.Ready(describe());
        await using (new Watchdog(manager, isAlive, time, logger))
        {
            try
            {
                while (await signals.Reloads.WaitToReadAsync(stop))
                {
                    while (signals.Reloads.TryRead(out _))
                    {
                        // Those that came until now are served by this one.
                    }

                    manager.Reloading();
                    await ReloadAsync(reload, logger, stop);
                    manager.Ready(describe());
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Log.StopRequested(logger);
            }
        }

        manager.Stopping();
    }

    private static async Task ReloadAsync(Func<CancellationToken, Task> reload, ILogger logger, CancellationToken stop)
    {
        try
        {
            await reload(stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Log.ReloadFaulted(logger, exception);
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Who asks twice does not want to wait for anything that would return first.")]
    private static void ExitNow(int status) => Environment.Exit(status);
}
