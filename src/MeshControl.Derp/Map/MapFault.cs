namespace MeshControl.Derp.Map;

/// <summary>What in a relay map breaks a rule.</summary>
/// <param name="Path">From the root of the map, in the names of the YAML form: <c>regions.900.nodes[0]</c>; empty for the map as a whole.</param>
/// <param name="Message">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do about it, as a sentence.</param>
public sealed record MapFault(string Path, string Message, string Remedy)
{
    public override string ToString() => string.Concat(Path, Path.Length > 0 ? ": " : "", $"{Message} {Remedy}".TrimEnd());
}
