namespace MeshControl.Protocol.Control;

/// <summary>Commands to a client that misbehaves, and the switch for its log upload.</summary>
public sealed record DebugSettings
{
    /// <summary>The client sleeps at most five minutes.</summary>
    public double SleepSeconds { get; init; }

    /// <summary>Holds until the process ends.</summary>
    public bool DisableLogTail { get; init; }

    /// <summary>Exit code; the process ends.</summary>
    public int? Exit { get; init; }
}
