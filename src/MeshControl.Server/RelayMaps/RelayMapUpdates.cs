using Microsoft.Extensions.Hosting;

namespace MeshControl.Server.RelayMaps;

/// <summary>Keeps the relay map up to date while the server runs.</summary>
internal sealed class RelayMapUpdates(RelayMapService maps) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await maps.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
