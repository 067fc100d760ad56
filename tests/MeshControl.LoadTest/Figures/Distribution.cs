namespace MeshControl.LoadTest.Figures;

/// <summary>Durations, and what is worth saying of them.</summary>
public sealed class Distribution
{
    private readonly double[] _milliseconds;

    public Distribution(IEnumerable<TimeSpan> durations)
    {
        _milliseconds = [.. durations.Select(duration => duration.TotalMilliseconds)];
        Array.Sort(_milliseconds);
    }

    public int Count => _milliseconds.Length;

    public double Min => At(0);

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public double Max => At(1);

    /// <summary>The smallest value that at least this share of all does not exceed; 0 if there are none.</summary>
    private double At(double share) =>
        Count == 0 ? 0 : _milliseconds[Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1)];
}
