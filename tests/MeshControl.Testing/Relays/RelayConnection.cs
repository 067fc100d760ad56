using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Relays;

/// <summary>A connection on which frames can flow.</summary>
/// <param name="Stream">Owned by whoever has the connection.</param>
/// <param name="Begun">What the server said already.</param>
/// <param name="KnownKey">The server's key, where the client may speak first.</param>
internal sealed record RelayConnection(Stream Stream, byte[] Begun, KeyBytes? KnownKey = null);
