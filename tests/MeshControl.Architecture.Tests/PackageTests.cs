using System.Text.RegularExpressions;
using System.Xml.Linq;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>A dependency is a decision: listed once, locked, and gone when nobody uses it.</summary>
public sealed class PackageTests
{
    private static readonly string[] SharedFiles = ["Directory.Build.props", "tests/Directory.Build.props"];

    [Fact]
    public void Project_HasALockFile()
    {
        Assert.Equal([], Repository.Projects.Select(project => $"{project.Folder}/packages.lock.json")
            .Where(path => !File.Exists(Path.Combine(Repository.Root, path))));
    }

    [Fact]
    public void Project_NamesNoVersion()
    {
        var files = Repository.Projects.Select(project => project.Path).Concat(SharedFiles);
        Assert.Equal([], files.Where(path => Regex.IsMatch(Repository.Text(path), @"<PackageReference[^>]*\bVersion(Override)?=")));
    }

    [Fact]
    public void ListedPackage_IsUsed()
    {
        var listed = XDocument.Parse(Repository.Text("src/Directory.Packages.props"))
            .Descendants("PackageVersion").Select(element => element.Attribute("Include")!.Value);
        var shared = SharedFiles.SelectMany(path => XDocument.Parse(Repository.Text(path)).Descendants("PackageReference"))
            .Select(element => element.Attribute("Include")!.Value);
        Assert.Equal([], listed.Except(Repository.Projects.SelectMany(project => project.Packages)).Except(shared));
    }
}
