using System.Diagnostics;

namespace MeshControl.Testing.Databases;

/// <summary>How to start PostgreSQL's programs: where they are, and as whom.</summary>
internal static class PostgresTools
{
    // Debian keeps what a server needs out of the search path, one directory per version.
    private const string DebianVersions = "/usr/lib/postgresql";

    public static ProcessStartInfo Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Find(program))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = string.Join(':', [.. ServerDirectories(), start.Environment["PATH"] ?? "/usr/bin:/bin"]);
        return start;
    }

    /// <summary>As the user <c>postgres</c> when we are root, else as ourselves.</summary>
    public static ProcessStartInfo AsServerUser(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments])
        : Run(program, arguments);

    private static string Find(string program) =>
        ServerDirectories().Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists) ?? program;

    /// <summary>Newest first.</summary>
    private static IEnumerable<string> ServerDirectories() => Directory.Exists(DebianVersions)
        ? Directory.GetDirectories(DebianVersions)
            .OrderByDescending(directory => int.TryParse(Path.GetFileName(directory), out var version) ? version : 0)
            .Select(directory => Path.Combine(directory, "bin"))
            .Where(Directory.Exists)
        : [];
}
