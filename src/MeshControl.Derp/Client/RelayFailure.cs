namespace MeshControl.Derp.Client;

/// <summary>Why there is no connection to a relay.</summary>
/// <param name="Fault">The kind.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record RelayFailure(RelayFault Fault, string Message);
