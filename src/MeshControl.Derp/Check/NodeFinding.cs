namespace MeshControl.Derp.Check;

/// <summary>Something about a relay that its operator should know.</summary>
/// <param name="IsFatal">Clients cannot use the relay.</param>
/// <param name="Message">What was seen, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record NodeFinding(bool IsFatal, string Message, string Remedy);
