namespace MeshControl.Cli.Errors;

/// <summary>Exit statuses, one per class of failure. Scripts rely on them: numbers are never reused (docs/operations/cli.md).</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Any failure without a number of its own.</summary>
    public const int Failure = 1;

    /// <summary>The command line, a value in it or the configuration file makes no sense.</summary>
    public const int Usage = 2;

    public const int NotFound = 3;

    public const int AlreadyExists = 4;

    /// <summary>Refused in the present state, such as removing a user who owns nodes.</summary>
    public const int Refused = 5;

    /// <summary>Not allowed: to connect to the socket, or to do this.</summary>
    public const int NotAllowed = 6;

    /// <summary>The server, or its database, cannot be reached; trying again may help.</summary>
    public const int Unavailable = 7;

    public const int TimedOut = 8;

    /// <summary>Something limited is used up.</summary>
    public const int Exhausted = 9;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
