namespace MeshControl.Server.Processes;

/// <summary>
/// How long a stop may take, in sum less than the five seconds after which an impatient operator sends the next signal. What is not done by
/// then is given up, and said in the log.
/// </summary>
public sealed record StopLimits
{
    /// <summary>
    /// For open requests to end by themselves, which well-behaved peers do within milliseconds. Then connections are cut, for which the web
    /// server takes another second at most.
    /// </summary>
    public TimeSpan Requests { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>For queued commands, volatile state and the database.</summary>
    public TimeSpan State { get; init; } = TimeSpan.FromSeconds(2);
}
