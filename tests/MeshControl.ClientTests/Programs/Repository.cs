namespace MeshControl.ClientTests.Programs;

internal static class Repository
{
    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "MeshControl.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no clone of the repository.");
    }
}
