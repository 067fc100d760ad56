using System.Net.Sockets;

namespace MeshControl.Server.Processes;

/// <summary>Why a server did not start, for whoever started it.</summary>
internal static class StartFailures
{
    /// <summary>One sentence where the cause is known; what nobody foresaw is told with all there is to find it by.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        StartupException => exception.Message,
        DllNotFoundException => exception.Message,
        TypeInitializationException { InnerException: { } inner } => Describe(inner),
        UnauthorizedAccessException or IOException or SocketException =>
            $"The server cannot start: {exception.Message} See that the server's user may read and write its files, and that there is room "
            + "on the disk.",
        _ => $"The server cannot start, for a reason that was not foreseen; please report this:\n{exception}",
    };
}
