namespace MeshControl.Architecture.Tests.Support;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] BuildOutput = ["bin", "obj", "artifacts", "TestResults", "node_modules"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. Files("src", "*.csproj").Concat(Files("tests", "*.csproj")).Select(ProjectFile.Read)];

    public static ProjectFile Project(string name) => Projects.Single(project => project.Name == name);

    /// <summary>Files below a folder, relative to the root and with forward slashes; build output is left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*")
    {
        var root = Path.Combine(Root, folder);
        return Directory.Exists(root) ? Walk(root, pattern).Select(Relative) : [];
    }

    /// <summary>The C# that people write: no build output and no generated migrations.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Files(folder, "*.cs").Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(child => !BuildOutput.Contains(Path.GetFileName(child)))
                .SelectMany(child => Walk(child, pattern)));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MeshControl.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside their repository.");
        }

        return folder.FullName;
    }
}
