using System.Text.RegularExpressions;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Tests.Configuration;

public sealed partial class KeyTableTests
{
    private static readonly string Example = Reference.RepositoryFile("config.example.yaml");
    private static readonly string[] Documentation = Reference.RepositoryFile("docs/operations/configuration.md").Split('\n');

    [Fact]
    public void All_Paths_AreUniqueAndNoneIsTheSectionOfAnother()
    {
        var paths = KeyTable.All.Select(key => key.Path).ToList();

        Assert.Equal(paths.Count, paths.Distinct().Count());
        Assert.Equal(paths.Count, KeyTable.All.Select(key => key.EnvironmentName).Distinct().Count());
        Assert.DoesNotContain(paths, path => paths.Exists(other => other.StartsWith(path + ".", StringComparison.Ordinal)));
        Assert.All(KeyTable.All, key => Assert.NotEmpty(key.Description));
    }

    [Fact]
    public void Successors_OfRemovedKeys_AreKeys()
    {
        Assert.All(
            KeyTable.All.OfType<RemovedKey>().Where(key => key.Successor is not null),
            key => Assert.Contains(KeyTable.All, other => other.Path == key.Successor && other is not RemovedKey));
    }

    [Fact]
    public void Example_AsItIs_LoadsWithTheDefaults()
    {
        AssertDefaults(Example);
    }

    [Fact]
    public void Example_WithEverySettingWrittenDown_LoadsWithTheDefaults()
    {
        AssertDefaults(Uncommented());
    }

    [Fact]
    public void Example_HoldsEveryKeyThatHasAnEffect()
    {
        var written = Paths("", (MappingNode)YamlReader.Read("example", Uncommented(), [])!).ToHashSet();

        Assert.Equal([], KeyTable.All.OfType<UsedKey>().Select(key => key.Path).Where(path => !written.Contains(path)));
    }

    [Fact]
    public void Example_NamesEveryKeyWithoutEffect()
    {
        var words = Word().Matches(Example).Select(match => match.Value).ToHashSet();

        Assert.Equal([], KeyTable.All.OfType<UnusedKey>().Select(key => key.Path).Where(path => !words.Contains(path)));
    }

    [Fact]
    public void Documentation_HoldsARowForEveryKeyWithItsDefault()
    {
        string[] rows =
        [
            .. KeyTable.All.OfType<UsedKey>().Select(Reference.Row),
            .. Reference.UnusedRows(),
            .. KeyTable.All.OfType<RemovedKey>().Select(Reference.Row),
        ];

        Assert.Equal([], rows.Except(Documentation));
    }

    [Fact]
    public void Documentation_HoldsNoRowForAKeyThatDoesNotExist()
    {
        var known = KeyTable.All.Select(key => key.Path).ToHashSet();
        var documented = Documentation
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Word().Matches(line.Split('|')[1]).Select(match => match.Value));

        Assert.Equal([], documented.Where(path => !known.Contains(path)));
    }

    [Fact]
    public void Documentation_SampleOfARelayMap_Loads()
    {
        var sample = string.Join('\n', Documentation.SkipWhile(line => line != "derp:").TakeWhile(line => line != "```"));

        Assert.Equal("relay.example.com", Loading.Options(sample).Derp.Map.Regions![900]!.Nodes![0].HostName);
    }

    private static void AssertDefaults(string yaml)
    {
        var options = Loading.Options(yaml);

        Assert.Equal(
            KeyTable.All.OfType<UsedKey>().Select(key => $"{key.Path}: {key.Format(Reference.Defaults)}"),
            KeyTable.All.OfType<UsedKey>().Select(key => $"{key.Path}: {key.Format(options)}"));
    }

    /// <summary>Settings are commented out by a # right before the key; prose has a space behind it.</summary>
    private static string Uncommented() => Setting().Replace(Example, "$1$2");

    private static IEnumerable<string> Paths(string path, MappingNode section) => section.Entries.SelectMany(entry =>
        entry.Value is MappingNode { Entries.Count: > 0 } inner ? Paths($"{path}{entry.Key}.", inner) : [path + entry.Key]);

    [GeneratedRegex("^( *)#([a-z0-9_]+:)", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex("[a-z0-9_.]*[a-z0-9_]")]
    private static partial Regex Word();
}
