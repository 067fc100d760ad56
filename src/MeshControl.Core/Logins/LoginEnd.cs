namespace MeshControl.Core.Logins;

/// <summary>What becomes of a wait for a login.</summary>
internal enum LoginEnd
{
    /// <summary>There is a node with the client's node key now.</summary>
    Approved,

    /// <summary>An administrator does not want it.</summary>
    Rejected,

    /// <summary>There is no such login any more: a new one is needed.</summary>
    Gone,

    /// <summary>Nothing has been decided, but the wait is over: the client is to ask again.</summary>
    Undecided,
}
