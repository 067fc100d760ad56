namespace MeshControl.Core.SshChecks;

/// <summary>What becomes of a wait for a check.</summary>
internal enum SshCheckEnd
{
    Approved,

    /// <summary>An administrator does not want it.</summary>
    Rejected,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>It had to give way to others.</summary>
    Displaced,

    /// <summary>No rule asks for it any more, or one of its nodes has gone.</summary>
    Obsolete,

    /// <summary>Nothing has been decided, but the wait is over: the client is to ask again.</summary>
    Undecided,
}
