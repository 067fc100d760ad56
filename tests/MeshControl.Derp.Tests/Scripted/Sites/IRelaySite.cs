using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Sites;

/// <summary>A relay that scripts are played against.</summary>
public interface IRelaySite : IAsyncDisposable
{
    /// <summary>A connection on which the client has said nothing yet.</summary>
    /// <param name="key">The client's; borrowed.</param>
    Task<RelayClient> OpenAsync(X25519PrivateKey key, CancellationToken cancellationToken);
}
