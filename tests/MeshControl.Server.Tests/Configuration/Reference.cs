using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>The rows of the tables in docs/operations/configuration.md, made from the table of keys.</summary>
internal static class Reference
{
    public static ServerOptions Defaults { get; } = ServerOptions.CreateDefault(DefaultPaths.System);

    public static string Row(UsedKey key) =>
        $"| `{key.Path}` | {key.KindName} | `{key.Format(Defaults)}` | {key.Description} |";

    public static IEnumerable<string> UnusedRows() =>
        from key in KeyTable.All.OfType<UnusedKey>()
        group key.Path by key.Description into reason
        select $"| {string.Join(", ", reason.Select(path => $"`{path}`"))} | {reason.Key} |";

    public static string Row(RemovedKey key) => $"| `{key.Path}` | {key.Description} |";

    /// <summary>The text of a file of the repository, found from the place of the test upwards.</summary>
    public static string RepositoryFile(string path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "MeshControl.sln")))
        {
            directory = directory.Parent;
        }

        return File.ReadAllText(Path.Combine(directory.FullName, path));
    }
}
