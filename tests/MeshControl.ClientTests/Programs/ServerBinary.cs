using MeshControl.ClientTests.Processes;

namespace MeshControl.ClientTests.Programs;

/// <summary>
/// The program as users get it: the one that <c>MESHCONTROL_BINARY</c> names (<c>tests/run.sh</c> publishes it), else published once
/// into <c>artifacts/publish</c>.
/// </summary>
internal static class ServerBinary
{
    private const string Variable = "MESHCONTROL_BINARY";

    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    public static Task<string> GetAsync() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Task.FromResult(Path.GetFullPath(named)) : Published.Value;

    private static async Task<string> PublishAsync()
    {
        var directory = Path.Combine(Repository.Root, "artifacts", "publish");
        var project = Path.Combine(Repository.Root, "src", "MeshControl.Cli");
        var publish = new CommandLine("dotnet", "publish", project, "-c", "Release", "-o", directory, "-v", "quiet", "-nologo");
        (await publish.RunAsync(CancellationToken.None)).OrThrow();
        return Path.Combine(directory, "meshctl");
    }
}
