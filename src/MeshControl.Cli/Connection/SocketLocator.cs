using System.Text;
using MeshControl.Admin;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;

namespace MeshControl.Cli.Connection;

/// <summary>Finds the server's socket: what was named, or the default.</summary>
internal static class SocketLocator
{
    /// <summary>What an address of a Unix socket holds, without the closing zero.</summary>
    private const int MaxPathBytes = 107;

    /// <param name="host">Its environment and directories.</param>
    /// <param name="named">By a flag, a variable or the configuration file; null when nobody did.</param>
    /// <param name="path">Absolute.</param>
    /// <returns>Null when a path was found, whether or not a socket is there.</returns>
    public static CliError? Find(CliHost host, string? named, out string path)
    {
        path = Path.GetFullPath(named ?? DefaultPath(host), host.WorkingDirectory);
        return Encoding.UTF8.GetByteCount(path) > MaxPathBytes
            ? CliError.Usage($"The path {path} is too long for a socket: {MaxPathBytes} bytes are the limit.")
            : null;
    }

    /// <summary>An ordinary user's own server if there is one, else that of the system.</summary>
    private static string DefaultPath(CliHost host)
    {
        string[] candidates = [AdminDefaults.SocketPath(host.Privileged, host.Variable), AdminDefaults.SocketPath(true, host.Variable)];
        return candidates.FirstOrDefault(host.Exists) ?? candidates[0];
    }
}
