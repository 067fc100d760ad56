using MeshControl.Server.Configuration;
using MeshControl.Server.Processes;

namespace MeshControl.Server.RelayOnly;

/// <summary>A relay that runs alone as a process: what it prints, its answers to signals, and its exit status.</summary>
/// <param name="source">Where relative paths lead and defaults lie.</param>
/// <param name="output">Standard output: what the coordination server needs to be told.</param>
/// <param name="errors">Standard error: for what keeps the relay from starting.</param>
/// <param name="loop">The process.</param>
/// <param name="time">The clock.</param>
internal sealed class RelayOnlyProcess(
    ConfigurationSource source, TextWriter output, TextWriter errors, ProcessLoop loop, TimeProvider time)
{
    /// <summary>Runs as the process that we are in.</summary>
    public static Task<int> RunHereAsync(
        RelayOnlyFlags flags,
        IReadOnlyDictionary<string, string> environment,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken) =>
        ProcessLoop.RunHereAsync(environment, TimeProvider.System, loop =>
        {
            var source = ConfigurationSource.ForProcess(null, environment);
            return new RelayOnlyProcess(source, output, errors, loop, TimeProvider.System).RunAsync(flags, cancellationToken);
        });

    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(RelayOnlyFlags flags, CancellationToken cancellationToken)
    {
        var parser = new RelayOnlyParser(source);
        if (parser.Parse(flags) is not { } options)
        {
            foreach (var error in parser.Errors)
            {
                await errors.WriteLineAsync($"Error: {error}");
            }

            return ExitStatus.Misconfigured;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loop.Stopping);
        RelayOnlyServer server;
        try
        {
            server = await RelayOnlyServer.StartAsync(options with { Time = time }, stop.Token);
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
            await PrintAsync(server, options);
            var status = $"Relaying for {options.HostName} on {server.Describe()}";

            // It does nothing that could get stuck but by the threads on which this is asked.
            await loop.ServeAsync(() => status, static () => true, _ => ReloadAsync(server), server.Logger, stop.Token);
            await server.StopAsync();
            return ExitStatus.Done;
        }
    }

    private static Task ReloadAsync(RelayOnlyServer server)
    {
        server.Reload();
        return Task.CompletedTask;
    }

    private async Task PrintAsync(RelayOnlyServer server, RelayOnlyOptions options)
    {
        await output.WriteAsync(RelayOnlyRegion.ToYaml(server.Region));
        if (options.MeshKey is not null)
        {
            await output.WriteLineAsync($"# Other relays of the region reach this one with --mesh-with {RelayOnlyRegion.ToMeshPeer(server.Region)}");
        }

        await output.FlushAsync();
    }
}
