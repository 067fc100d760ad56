using System.Text.Json;

namespace MeshControl.Testing.Captures;

/// <summary>
/// What the real service was seen to make of policies, one file each: those of the directory that <c>MESHCONTROL_POLICY_CASES</c> names, or
/// of <c>shared/conformance/policy</c> beside the repository. Its README tells what stands in them and how they are compared.
/// </summary>
public static class PolicyCases
{
    private const string Variable = "MESHCONTROL_POLICY_CASES";
    private const string ConstantsFile = "constants.json";

    private static readonly Lazy<JsonElement> LazyConstants = new(LoadConstants);

    /// <summary>What is the same in all cases.</summary>
    public static JsonElement Constants => LazyConstants.Value;

    /// <exception cref="DirectoryNotFoundException">There is none: without cases nothing is known, so no test may pass.</exception>
    public static string Folder
    {
        get
        {
            var named = Environment.GetEnvironmentVariable(Variable);
            var folder = string.IsNullOrEmpty(named) ? BesideTheRepository() : Path.GetFullPath(named);
            return Directory.Exists(folder)
                ? folder
                : throw new DirectoryNotFoundException($"There are no policy cases in {folder}: name their directory in {Variable}.");
        }
    }

    /// <summary>Every case, by its path inside the folder.</summary>
    public static IReadOnlyList<string> Files()
    {
        var folder = Folder;
        return
        [
            .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != ConstantsFile)
                .Select(file => Path.GetRelativePath(folder, file))
                .Order(StringComparer.Ordinal),
        ];
    }

    public static JsonElement Load(string file) => Read(Path.Combine(Folder, file));

    private static JsonElement LoadConstants()
    {
        // A part of the cases that lies somewhere else need not bring what is the same in all of them.
        var own = Path.Combine(Folder, ConstantsFile);
        return Read(File.Exists(own) ? own : Path.Combine(BesideTheRepository(), ConstantsFile));
    }

    private static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    private static string BesideTheRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MeshControl.sln")))
        {
            directory = directory.Parent;
        }

        return Path.GetFullPath("../shared/conformance/policy", directory?.FullName ?? AppContext.BaseDirectory);
    }
}
