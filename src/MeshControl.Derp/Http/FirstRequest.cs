namespace MeshControl.Derp.Http;

/// <summary>What the first bytes of a connection turned out to be.</summary>
/// <param name="Relay">Null when a web server has to go on.</param>
/// <param name="Rest">What was read: behind the head of a request for the relay, and else everything.</param>
public readonly record struct FirstRequest(RelayRequest? Relay, ReadOnlyMemory<byte> Rest);
