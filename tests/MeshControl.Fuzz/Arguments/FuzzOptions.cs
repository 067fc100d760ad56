namespace MeshControl.Fuzz.Arguments;

/// <summary>What to throw at what. Immutable.</summary>
public sealed record FuzzOptions
{
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Inputs per target.</summary>
    public required long Count { get; init; }

    /// <summary>Together with an index it makes an input, the same each time.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Most bytes that the process may hold, its corpus and its runtime included.</summary>
    public long MaxResident { get; init; } = 512L * 1024 * 1024;

    /// <summary>Most that one input may cost of the process's time on a processor.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Only this input, described in full.</summary>
    public long? Only { get; init; }
}
