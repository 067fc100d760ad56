namespace MeshControl.Derp.Http;

/// <summary>What a client says when it asks for its connection to become one of a relay.</summary>
/// <param name="IsFastStart">It has the server's key already and sends frames at once: there must be no answer of HTTP.</param>
/// <param name="IsIdeal">False when it would rather be connected to another relay of the region.</param>
public readonly record struct RelayRequest(bool IsFastStart, bool IsIdeal);
