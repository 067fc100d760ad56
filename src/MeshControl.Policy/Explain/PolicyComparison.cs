using System.Collections.Immutable;

namespace MeshControl.Policy.Explain;

/// <summary>What would be different by another policy.</summary>
/// <param name="Changes">Those that concern most first, as many as a reader can take in.</param>
/// <param name="MoreChanges">How many were left out.</param>
/// <param name="UpdatedNodes">Nodes that would be told of something.</param>
/// <param name="TotalNodes">Of so many.</param>
public sealed record PolicyComparison(ImmutableArray<PolicyChange> Changes, int MoreChanges, int UpdatedNodes, int TotalNodes);
