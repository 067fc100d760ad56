using System.Text.RegularExpressions;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>Rules on files as they are written.</summary>
public sealed class SourceTests
{
    private const int MostLines = 800;

    private static readonly string[] RootEntries =
        ["Directory.Build.props", "LICENSE", "MeshControl.sln", "README.md", "config.example.yaml", "deploy", "docs", "src", "tests"];

    /// <summary>What builds and tests leave in the root; never committed.</summary>
    private static readonly string[] IgnoredRootEntries = ["artifacts", "TestResults"];

    /// <summary>In pieces, so that this file is not a finding.</summary>
    private static readonly string[] MachinePaths = ["/ro" + "ot/", "/wo" + "rk/", "/tmp/w" + "t"];

    private static readonly string[] RegistryHosts =
        ["nuget" + ".org", "npmjs" + ".org", "pypi" + ".org", "crates" + ".io", "proxy.golang" + ".org"];

    private static IEnumerable<string> AllFiles =>
        RootEntries.SelectMany(entry => File.Exists(Path.Combine(Repository.Root, entry)) ? [entry] : Repository.Files(entry));

    /// <summary>Captures of foreign programs contain what those saw.</summary>
    private static IEnumerable<string> OwnFiles => AllFiles.Where(path => !path.Contains("/Vectors/", StringComparison.Ordinal));

    [Fact]
    public void Root_HoldsTheAgreedEntries()
    {
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root).Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.'));
        Assert.Equal([], entries.Except(RootEntries).Except(IgnoredRootEntries));
    }

    [Fact]
    public void File_IsShortEnoughToRead()
    {
        var sources = Repository.Sources("src").Concat(Repository.Sources("tests"));
        Assert.Equal([], sources.Where(path => Repository.Lines(path).Length > MostLines));
    }

    [Fact]
    public void Product_HoldsNothingUnfinished()
    {
        Assert.Equal([], Repository.Files("src").Where(path =>
            Regex.IsMatch(Repository.Text(path), @"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")));
    }

    [Fact]
    public void AsyncVoid_IsNotWritten()
    {
        var sources = Repository.Sources("src").Concat(Repository.Sources("tests"));
        Assert.Equal([], sources.Where(path => Regex.IsMatch(Repository.Text(path), @"\basync\s+void\s+\w")));
    }

    [Fact]
    public void File_SaysNothingOfTheMachineItWasWrittenOn()
    {
        Assert.Equal([], OwnFiles.Where(path => ContainsAny(path, [.. MachinePaths, .. RegistryHosts])));
    }

    private static bool ContainsAny(string path, IEnumerable<string> words)
    {
        var text = Repository.Text(path);
        return words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
