using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration;
using MeshControl.Server.Diagnostics;

namespace MeshControl.Server.Processes;

/// <summary>
/// A server as a process: what it says when it cannot start, how it answers to signals and to the service manager, and its exit status.
/// <code>
/// load configuration ─► start ─► ready ─┬─► SIGHUP ─► load again, apply ─► ready ─┐
///                                       ├──────────────◄──────────────────────────┘
///                                       └─► SIGTERM, SIGINT, SIGQUIT ─► stop within <see cref="StopLimits"/>
/// </code>
/// </summary>
/// <param name="source">Where the configuration comes from, each time.</param>
/// <param name="errors">Standard error: for what keeps the server from starting. Afterwards there is the log.</param>
/// <param name="signals">What the process is asked for.</param>
/// <param name="manager">Who wants to know how it is doing.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerProcess(
    ConfigurationSource source, TextWriter errors, ProcessSignals signals, ServiceManager manager, TimeProvider time)
{
    /// <summary>Runs as the process that we are in.</summary>
    public static async Task<int> RunHereAsync(
        string? configurationFile, IReadOnlyDictionary<string, string> environment, TextWriter errors, CancellationToken cancellationToken)
    {
        using var signals = ProcessSignals.Listen(ExitNow);
        using var manager = new ServiceManager(environment, Environment.ProcessId, TimeProvider.System);
        foreach (var variable in ServiceManager.Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        var source = ConfigurationSource.ForProcess(configurationFile, environment);
        return await new ServerProcess(source, errors, signals, manager, TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var loaded = ConfigurationLoader.Load(source);
        if (!loaded.Succeeded)
        {
            foreach (var error in loaded.Errors)
            {
                await errors.WriteLineAsync($"Error: {error}");
            }

            return ExitStatus.Misconfigured;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signals.Stopping);
        MeshServer server;
        try
        {
            server = await MeshServer.StartAsync(
                new MeshServerOptions(loaded.Options) { Notices = [.. loaded.Notices()], Time = time }, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitStatus.Done;
        }
        catch (Exception exception)
        {
            await errors.WriteLineAsync($"Error: {StartFailures.Describe(exception)}");
            return ExitStatus.Failed;
        }

        await using (server)
        {
            await ServeAsync(server, stop.Token);
            manager.Stopping();
            return await server.StopAsync() ? ExitStatus.Done : ExitStatus.Failed;
        }
    }

    private async Task ServeAsync(MeshServer server, CancellationToken stop)
    {
        manager.Ready(server.Describe());
        await using var watchdog = new Watchdog(manager, () => server.ControlPlane.IsAlive, time, server.Logger);
        try
        {
            while (await signals.Reloads.WaitToReadAsync(stop))
            {
                while (signals.Reloads.TryRead(out _))
                {
                    // Those that came until now are served by this one.
                }

                manager.Reloading();
                await ReloadAsync(server, stop);
                manager.Ready(server.Describe());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.StopRequested(server.Logger);
        }
    }

    private async Task ReloadAsync(MeshServer server, CancellationToken stop)
    {
        try
        {
            await server.ReloadAsync(ConfigurationLoader.Load(source), stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Log.ReloadFaulted(server.Logger, exception);
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Who asks twice does not want to wait for anything that would return first.")]
    private static void ExitNow(int status) => Environment.Exit(status);
}
