namespace MeshControl.Testing.Nodes;

/// <summary>How long a client waits after failures: the square of their number times 10 ms, at most 30 s, more or less by half.</summary>
public sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>The wait after the n-th failure in a row, before chance changes it.</summary>
    public static TimeSpan MeanAfter(int failures) =>
        failures > 1000 ? Longest : TimeSpan.FromTicks(Math.Min(Unit.Ticks * failures * failures, Longest.Ticks));

    public void Succeed() => _failures = 0;

    /// <summary>Counts a failure and waits.</summary>
    public Task FailAsync(CancellationToken cancellationToken)
    {
        _failures++;
        return Task.Delay(MeanAfter(_failures) * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
    }
}
