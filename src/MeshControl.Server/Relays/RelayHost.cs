using MeshControl.Derp.Http;
using Microsoft.Extensions.Hosting;

namespace MeshControl.Server.Relays;

/// <summary>Starts what the relay does by itself when the web server starts. <see cref="Hosting.ServerStop"/> stops it, before the web server.</summary>
internal sealed class RelayHost(OwnRelay relay, BootstrapDns names) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        names.Start();
        relay.Mesh?.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
