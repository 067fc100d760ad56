using System.Collections.Immutable;

namespace MeshControl.Policy.Explain;

/// <summary>Why one can or cannot reach the other.</summary>
/// <param name="Verdict">Of all findings together.</param>
/// <param name="Findings">Those that matter most, as many as a reader can take in.</param>
/// <param name="MoreFindings">How many were left out.</param>
public sealed record AccessExplanation(AccessVerdict Verdict, ImmutableArray<AccessFinding> Findings, int MoreFindings)
{
    /// <summary>A rule that would allow what is not allowed; null when nothing is missing.</summary>
    public string? SuggestedRule { get; init; }

    /// <summary>Where it belongs: <c>acls</c> or <c>grants</c>, whichever the policy uses.</summary>
    public string? SuggestedSection { get; init; }
}
