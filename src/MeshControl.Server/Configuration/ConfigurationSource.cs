namespace MeshControl.Server.Configuration;

/// <summary>Everything loading depends on, passed in so that a test can set it.</summary>
public sealed record ConfigurationSource
{
    /// <summary>The file named on the command line; it must exist. Null: the environment, then the default place.</summary>
    public string? ExplicitPath { get; init; }

    /// <summary>All environment variables of the process.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Whether the process may write below /var/lib and /var/run.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>Absolute.</summary>
    public required string HomeDirectory { get; init; }

    /// <summary>Absolute; relative paths start here when there is no file.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Reads a file by its absolute path; never throws for what an operator can cause.</summary>
    public Func<string, ConfigurationFile> ReadFile { get; init; } = SystemFiles.Read;

    /// <summary>The source for the running process.</summary>
    public static ConfigurationSource ForProcess(string? explicitPath, IReadOnlyDictionary<string, string> environment) => new()
    {
        ExplicitPath = explicitPath,
        Environment = environment,
        IsRoot = System.Environment.IsPrivilegedProcess,
        HomeDirectory = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? home : "/",
        WorkingDirectory = Directory.GetCurrentDirectory(),
    };
}
