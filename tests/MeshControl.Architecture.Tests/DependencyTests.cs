using System.Text.RegularExpressions;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>Who may use whom, as docs/architecture/overview.md explains it. References point to what changes less often.</summary>
public sealed class DependencyTests
{
    private const string Binding = "SQLitePCLRaw.core";

    /// <summary>Project references and outside packages of each product project; no more and no fewer.</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Table = new()
    {
        ["MeshControl.Protocol"] = ([], []),
        ["MeshControl.Policy"] = (["Protocol"], []),
        ["MeshControl.Core"] = (["Policy", "Protocol"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["MeshControl.Derp"] = (["Protocol"], []),
        ["MeshControl.Store"] = (
            ["Core", "Protocol", Binding],
            [
                "Microsoft.EntityFrameworkCore", "Microsoft.EntityFrameworkCore.Relational",
                "Microsoft.EntityFrameworkCore.Sqlite.Core", "Npgsql.EntityFrameworkCore.PostgreSQL",
            ]),
        ["MeshControl.Admin"] = ([], ["Google.Protobuf", "Grpc.Tools"]),
        ["MeshControl.Server"] = (
            ["Admin", "Core", "Derp", "Policy", "Protocol", "Store"],
            ["Google.Protobuf", "Serilog", "Serilog.Extensions.Logging", "Serilog.Sinks.Console", "YamlDotNet"]),
        ["MeshControl.Cli"] = (["Admin", "Policy", "Protocol", "Server"], ["Google.Protobuf", "System.CommandLine", "YamlDotNet"]),
        [Binding] = ([], []),
    };

    /// <summary>Test projects and programs for tests that are not named after one project of the product.</summary>
    private static readonly Dictionary<string, string[]> TestTable = new()
    {
        ["MeshControl.Testing"] = ["Protocol"],
        ["MeshControl.Architecture.Tests"] = ["Admin", "Cli", "Core", "Derp", "Policy", "Protocol", "Server", "Store"],
        ["MeshControl.ClientTests"] = ["Admin", "Protocol", "Testing"],
        ["MeshControl.FunctionalTests"] = ["Admin", "Core", "Derp", "Fuzz", "LoadTest", "Policy", "Protocol", "Server", "Store", "Testing"],
        ["MeshControl.Fuzz"] = ["Core", "Derp", "Policy", "Protocol", "Server"],
        ["MeshControl.Benchmarks"] = ["Core", "Policy", "Protocol"],
        // Measures any server, so it knows nothing of ours but the protocol.
        ["MeshControl.LoadTest"] = ["Protocol", "Testing"],
    };

    public static TheoryData<string> ProductProjects => [.. Projects(isProduct: true)];

    public static TheoryData<string> TestProjects => [.. Projects(isProduct: false)];

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void ProductProject_References_EqualTheTable(string name)
    {
        Assert.True(Table.TryGetValue(name, out var allowed), "A new project needs a line in the table and a reason.");
        var project = Repository.Project(name);
        Assert.Equal(allowed.Projects.Select(FullName).Order(), project.Projects);
        Assert.Equal(allowed.Packages.Order(), project.Packages);
    }

    [Theory]
    [MemberData(nameof(TestProjects))]
    public void TestProject_References_StayInTheTable(string name)
    {
        var project = Repository.Project(name);
        if (TestTable.TryGetValue(name, out var allowed))
        {
            Assert.Equal([], project.Projects.Except(allowed.Select(FullName)));
            return;
        }

        // The project under test, what that one may use, and the shared fakes.
        var subject = name[..name.LastIndexOf('.')];
        Assert.True(Table.TryGetValue(subject, out var row), "Tests are named after what they test.");
        Assert.Contains(subject, project.Projects);
        Assert.Equal([], project.Projects.Except([subject, FullName("Testing"), .. row.Projects.Select(FullName)]));
    }

    [Fact]
    public void Store_AloneUsesTheSqliteBinding()
    {
        var users = Repository.Projects.Where(project => project.Projects.Contains(Binding)).Select(project => project.Name);
        Assert.Equal(["MeshControl.Store"], users);
    }

    [Fact]
    public void AspNetCore_IsKnownToServerRelayAndTheirHost()
    {
        var users = Repository.Projects.Where(project => project.IsProduct && project.Frameworks.Count > 0).Select(project => project.Name);
        Assert.Equal(["MeshControl.Cli", "MeshControl.Derp", "MeshControl.Server"], users.Order());
    }

    /// <summary>The two that serve, and the one that says what a server would say of its configuration.</summary>
    [Fact]
    public void Cli_KnowsTheServerInFourFiles()
    {
        var users = Repository.Sources("src/MeshControl.Cli")
            .Where(path => Regex.IsMatch(Repository.Text(path), @"\bMeshControl\.Server\b"))
            .Select(path => Path.GetFileName(path));
        Assert.Equal([], users.Except(["ServeCommand.cs", "DerpServeCommand.cs", "ConfigtestCommand.cs", "CheckRelaysCommand.cs"]));
    }

    [Fact]
    public void Names_SayWhatAProjectDoes()
    {
        Assert.Equal([], Repository.Projects.Select(project => project.Name)
            .Where(name => Regex.IsMatch(name, @"\.(Abstractions|Common|Utils|Helpers|Shared)$")));
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var solution = Repository.Text("MeshControl.sln").Replace('\\', '/');
        Assert.Equal([], Repository.Projects.Select(project => project.Path)
            .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Projects(bool isProduct) =>
        Repository.Projects.Where(project => project.IsProduct == isProduct).Select(project => project.Name);

    private static string FullName(string name) => name == Binding ? name : $"MeshControl.{name}";
}
