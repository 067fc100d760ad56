using Microsoft.Extensions.Hosting;

namespace MeshControl.Server.Hosting;

/// <summary>Keeps the host away from the process's signals.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
