using MeshControl.Core.Tailnets;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Processes;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Relays;
using MeshControl.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Hosting;

/// <summary>
/// The end of a server, or of one that did not come to start. The order matters: nobody asks the tailnets any more when they stop, and nobody
/// writes when the database closes.
/// </summary>
internal static class ServerStop
{
    /// <returns>False when something had to be given up; then tasks may still wait for the database, and the process should end.</returns>
    public static async Task<bool> RunAsync(
        OwnRelay? relay,
        WebApplication? app,
        RelayMapService? maps,
        ControlPlane? controlPlane,
        MeshStore? store,
        ILoggerFactory loggers,
        StopLimits limits)
    {
        var logger = loggers.CreateLogger<MeshServer>();
        if (relay is not null)
        {
            // Before the web server, which cuts the connections on which clients are told to come back.
            using var patience = new CancellationTokenSource(limits.Requests);
            await relay.StopAsync(patience.Token);
        }

        if (app is not null)
        {
            await EndRequestsAsync(app, logger, limits.Requests);
        }

        var done = await TryFinishAsync(app, maps, controlPlane, store, logger, limits.State);
        if (done && store is not null)
        {
            Log.Stopped(logger);
        }

        loggers.Dispose();
        return done;
    }

    private static async Task EndRequestsAsync(WebApplication app, ILogger logger, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await app.StopAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Told below.
        }

        if (patience.IsCancellationRequested)
        {
            Log.ConnectionsCut(logger, limit);
        }
    }

    private static async Task<bool> TryFinishAsync(
        WebApplication? app, RelayMapService? maps, ControlPlane? controlPlane, MeshStore? store, ILogger logger, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        var finishing = Task.Run(() => FinishAsync(app, maps, controlPlane, store, patience.Token), CancellationToken.None);
        try
        {
            await finishing.WaitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Log.StateAbandoned(logger, limit);
            return false;
        }
        catch (Exception exception)
        {
            Log.StopFailed(logger, exception);
            return false;
        }
    }

    private static async Task FinishAsync(WebApplication? app, RelayMapService? maps, ControlPlane? controlPlane, MeshStore? store, CancellationToken cancellationToken)
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (maps is not null)
        {
            await maps.DisposeAsync();
        }

        if (controlPlane is not null)
        {
            await controlPlane.StopAsync(cancellationToken);
            await controlPlane.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }
    }
}
