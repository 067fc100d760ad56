using MeshControl.Server.Configuration;

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
/// <param name="loop">The process.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerProcess(
    ConfigurationSource source, TextWriter errors, ProcessLoop loop, TimeProvider time)
{
    /// <summary>Runs as the process that we are in.</summary>
    public static Task<int> RunHereAsync(
        string? configurationFile, IReadOnlyDictionary<string, string> environment, TextWriter errors, CancellationToken cancellationToken) =>
        ProcessLoop.RunHereAsync(environment, TimeProvider.System, loop =>
        {
            var source = ConfigurationSource.ForProcess(configurationFile, environment);
            return new ServerProcess(source, errors, loop, TimeProvider.System).RunAsync(cancellationToken);
        });

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

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loop.Stopping);
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
            await loop.ServeAsync(
                server.Describe,
                () => server.ControlPlane.IsAlive,
                cancellation => server.ReloadAsync(ConfigurationLoader.Load(source), cancellation),
                server.Logger,
                stop.Token);
            return await server.StopAsync() ? ExitStatus.Done : ExitStatus.Failed;
        }
    }
}
