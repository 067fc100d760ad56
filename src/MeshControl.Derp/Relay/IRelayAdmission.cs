using System.Net;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>Whom the relay serves. Asked once per connection, when the client has proved that it owns its key.</summary>
public interface IRelayAdmission
{
    /// <param name="key">The client's node key.</param>
    /// <param name="source">Where it connects from.</param>
    /// <param name="cancellationToken">The client is gone, or its time for logging in is over.</param>
    /// <returns>False when the client is to be turned away.</returns>
    ValueTask<bool> AdmitAsync(NodePublicKey key, IPAddress source, CancellationToken cancellationToken);
}
