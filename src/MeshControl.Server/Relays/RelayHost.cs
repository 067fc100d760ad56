using MeshControl.Derp.Http;
using Microsoft.Extensions.Hosting;

namespace MeshControl.Server.Relays;

/// <summary>
/// Stops the relay with the web server: clients are told to come back while they still can be, since the web server waits for connections
/// that were opened through it.
/// </summary>
internal sealed class RelayHost(OwnRelay relay, BootstrapDns names, IHostApplicationLifetime lifetime) : IHostedService
{
    private Task _stopping = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        names.Start();
        relay.Mesh?.Start();
        lifetime.ApplicationStopping.Register(() => _stopping = relay.StopAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.WaitAsync(cancellationToken);
}
