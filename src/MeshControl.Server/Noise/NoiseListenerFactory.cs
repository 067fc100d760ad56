using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Noise;

/// <summary>Gives Kestrel the listener for <see cref="NoiseEndPoint"/>; every other end point stays with sockets.</summary>
internal sealed class NoiseListenerFactory(NoiseListener listener) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is NoiseEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(listener);
}
