namespace MeshControl.Server.Processes;

/// <summary>What the process says with its exit status, as docs/operations/cli.md has it.</summary>
internal static class ExitStatus
{
    /// <summary>Stopped when asked to, and left nothing undone.</summary>
    public const int Done = 0;

    /// <summary>Could not start, or had to leave something undone when it stopped.</summary>
    public const int Failed = 1;

    /// <summary>The configuration makes no sense: starting again would end in the same way.</summary>
    public const int Misconfigured = 2;

    /// <summary>What a shell shows for a process that a signal ended: this and the signal's number.</summary>
    public const int KilledBySignal = 128;
}
