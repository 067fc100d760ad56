using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Mesh;

/// <summary>As whom a relay logs in to the others of its region.</summary>
/// <param name="Key">Its own key.</param>
/// <param name="MeshKey">The one that all of them share.</param>
public sealed record MeshIdentity(X25519PrivateKey Key, DerpMeshKey MeshKey);
