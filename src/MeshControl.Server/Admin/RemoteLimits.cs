namespace MeshControl.Server.Admin;

/// <summary>What callers over the network can make the server hold or write. Together for all of them: many may sit behind one address.</summary>
internal static class RemoteLimits
{
    /// <summary>
    /// Connections at one time, with a key or without: each costs some ten KiB, and administrators and their programs are a handful.
    /// </summary>
    public const int MaxConnections = 256;

    /// <summary>Calls with a valid key at one time. The Unix socket has no such limit, so it stays open when a program runs wild.</summary>
    public const int MaxCalls = 128;

    /// <summary>Lines about refused calls: enough to see an attack, too few to fill a disk.</summary>
    public const int RefusalLinesPerMinute = 10;
}
