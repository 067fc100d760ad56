using System.Text;
using MeshControl.Admin;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;

namespace MeshControl.Cli.Connection;

/// <summary>
/// Finds the server's socket: the flag, the variable, the key <c>unix_socket</c> of the configuration file, the default.
/// </summary>
internal static class SocketLocator
{
    /// <summary>What an address of a Unix socket holds, without the closing zero.</summary>
    private const int MaxPathBytes = 107;

    /// <param name="host">Its environment and directories.</param>
    /// <param name="socketFlag">Value of <c>--socket</c>, or null.</param>
    /// <param name="configFlag">Value of <c>--config</c>, or null.</param>
    /// <param name="path">Absolute.</param>
    /// <returns>Null when a path was found, whether or not a socket is there.</returns>
    public static CliError? Find(CliHost host, string? socketFlag, string? configFlag, out string path)
    {
        var error = Choose(host, socketFlag, configFlag, out path);
        path = Path.GetFullPath(path, host.WorkingDirectory);
        return error is null && Encoding.UTF8.GetByteCount(path) > MaxPathBytes
            ? CliError.Usage($"The path {path} is too long for a socket: {MaxPathBytes} bytes are the limit.")
            : error;
    }

    private static CliError? Choose(CliHost host, string? socketFlag, string? configFlag, out string path)
    {
        path = socketFlag ?? NonEmpty(host.Variable(AdminDefaults.UnixSocketVariable)) ?? "";
        if (path.Length > 0)
        {
            return null;
        }

        var error = FromConfiguration(host, configFlag, out var configured);
        path = configured ?? DefaultPath(host);
        return error;
    }

    /// <summary>A named file must be there; of the default ones, the first that exists counts.</summary>
    private static CliError? FromConfiguration(CliHost host, string? configFlag, out string? path)
    {
        path = null;
        if ((configFlag ?? NonEmpty(host.Variable(AdminDefaults.ConfigVariable))) is { } named)
        {
            var file = Path.GetFullPath(named, host.WorkingDirectory);
            return File.Exists(file)
                ? ConfigFile.ReadSocketPath(file, host, out path)
                : CliError.Usage($"The configuration file {file} does not exist.");
        }

        foreach (var file in Distinct(AdminDefaults.ConfigPath, host))
        {
            if (host.Exists(file))
            {
                return ConfigFile.ReadSocketPath(file, host, out path);
            }
        }

        return null;
    }

    /// <summary>An ordinary user's own server if there is one, else that of the system.</summary>
    private static string DefaultPath(CliHost host)
    {
        var candidates = Distinct(AdminDefaults.SocketPath, host);
        return candidates.FirstOrDefault(host.Exists) ?? candidates[0];
    }

    private static string[] Distinct(Func<bool, Func<string, string?>, string> path, CliHost host) =>
        [.. new[] { path(host.Privileged, host.Variable), path(true, host.Variable) }.Distinct()];

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
