using MeshControl.ClientTests.Processes;

namespace MeshControl.ClientTests.Programs;

/// <summary>
/// The real clients, and the relay that comes with them: in the directory that <c>MESHCONTROL_CLIENT_DIR</c> names, in
/// <c>shared/client</c> beside the repository, or as installed programs in the search path.
/// </summary>
internal sealed class ClientPrograms
{
    /// <summary>The oldest client that is served, one in between, and the newest there is.</summary>
    public static readonly IReadOnlyList<string> SupportedVersions = ["1.80.3", "1.90.9", "1.102.5"];

    /// <summary>Those of them that know a relay by the hash of its certificate.</summary>
    public static readonly IReadOnlyList<string> VersionsWithPins = ["1.90.9", "1.102.5"];

    public const string TooOldVersion = "1.68.0";

    private const string Variable = "MESHCONTROL_CLIENT_DIR";
    private const string VersionVariable = "CLIENT_VERSION";

    private static readonly Lazy<ClientPrograms?> Found = new(Find);

    private readonly string _directory;

    private ClientPrograms(string directory, bool hasVersions)
    {
        _directory = directory;
        HasVersions = hasVersions;
    }

    /// <summary>False for installed programs, which are of one version whatever is asked for.</summary>
    public bool HasVersions { get; }

    /// <summary>Skips the current test, with the reason, where it cannot run.</summary>
    public static ClientPrograms Require()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Real clients run in network namespaces, which only root can make.");
        Assert.SkipWhen(
            Found.Value is null,
            $"There are no real clients: neither does {Variable} name their directory, nor are they in ../shared/client or in the search path.");
        return Found.Value!;
    }

    public CommandLine Command(string program, string version, params string[] arguments) =>
        new(Path.Combine(_directory, program), arguments)
        {
            Environment = new Dictionary<string, string> { [VersionVariable] = version },
        };

    /// <summary>The relay of the clients' own library.</summary>
    public CommandLine Relay(params string[] arguments) => new(Path.Combine(_directory, "derpload"), arguments);

    private static ClientPrograms? Find()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        var directory = string.IsNullOrEmpty(named) ? Path.GetFullPath("../shared/client", Repository.Root) : Path.GetFullPath(named);
        var launcher = Path.Combine(directory, "launch");
        if (File.Exists(launcher))
        {
            return new ClientPrograms(LinkTo(launcher), hasVersions: true);
        }

        var places = new[] { directory }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'));
        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, "tailscale")) && File.Exists(Path.Combine(place, "tailscaled")))
            is { } place ? new ClientPrograms(place, hasVersions: false) : null;
    }

    /// <summary>
    /// The launcher looks at the name by which it was called. The links of the client directory may have become plain files on their
    /// way here, so we make our own.
    /// </summary>
    private static string LinkTo(string launcher)
    {
        var links = Directory.CreateTempSubdirectory("mesh-clients-").FullName;
        foreach (var program in new[] { "tailscale", "tailscaled", "derpload" })
        {
            File.CreateSymbolicLink(Path.Combine(links, program), launcher);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(links, recursive: true);
        return links;
    }
}
