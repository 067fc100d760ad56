using MeshControl.LoadTest.Figures;

namespace MeshControl.LoadTest.Reports;

/// <summary>What came of a scenario.</summary>
public sealed record ScenarioReport
{
    public required string Scenario { get; init; }

    public required int Nodes { get; init; }

    /// <summary>False: time ran out.</summary>
    public required bool IsDone { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>What went wrong while it ran, as sentences.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Nodes at which the oracle looked.</summary>
    public int Compared { get; init; }

    /// <summary>One sentence per node that believes something else than the server says; null: not compared.</summary>
    public IReadOnlyList<string>? Differences { get; init; }

    public bool IsGood => IsDone && Failures.Count == 0 && Differences is { Count: 0 };
}
