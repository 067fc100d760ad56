using System.Collections.Immutable;

namespace MeshControl.Policy.Explain;

/// <summary>What holds for each of some sources towards each of some destinations.</summary>
/// <param name="Sources">In words.</param>
/// <param name="Destinations">In words.</param>
/// <param name="Verdict">Partly: not on all ports and protocols that were asked for.</param>
/// <param name="Rules">Which allow it, in the order of the text.</param>
/// <param name="Notes">What else there is to know, a sentence each.</param>
public sealed record AccessFinding(
    string Sources, string Destinations, AccessVerdict Verdict, ImmutableArray<RuleReference> Rules, ImmutableArray<string> Notes);
