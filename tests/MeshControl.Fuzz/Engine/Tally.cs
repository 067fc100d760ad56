namespace MeshControl.Fuzz.Engine;

/// <summary>How many inputs got how far, by a name for the depth.</summary>
public sealed class Tally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Count(string depth) => _counts[depth] = _counts.GetValueOrDefault(depth) + 1;
}
