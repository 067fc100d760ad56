using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Loads configurations from texts: files are a dictionary, and the environment is what the test says.</summary>
internal sealed class Loading
{
    public const string ConfigPath = "/etc/meshcontrol/config.yaml";

    public Dictionary<string, string> Files { get; } = [];

    public Dictionary<string, string> Environment { get; } = [];

    public string? ExplicitPath { get; init; }

    public bool IsRoot { get; init; } = true;

    /// <summary>Loads <paramref name="yaml"/> as the file in the default place.</summary>
    public static ConfigurationResult Yaml(string yaml) => new Loading { Files = { [ConfigPath] = yaml } }.Load();

    /// <summary>The options of a file that must be flawless.</summary>
    public static ServerOptions Options(string yaml)
    {
        var result = Yaml(yaml);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return result.Options!;
    }

    /// <summary>The only error of a file.</summary>
    public static ConfigurationProblem Error(string yaml)
    {
        var result = Yaml(yaml);
        Assert.Null(result.Options);
        return Assert.Single(result.Errors);
    }

    public ConfigurationResult Load() => ConfigurationLoader.Load(new ConfigurationSource
    {
        ExplicitPath = ExplicitPath,
        Environment = Environment,
        IsRoot = IsRoot,
        HomeDirectory = "/home/ada",
        WorkingDirectory = "/srv",
        ReadFile = path => Files.TryGetValue(path, out var text) ? ConfigurationFile.Of(text) : ConfigurationFile.Missing,
    });
}
