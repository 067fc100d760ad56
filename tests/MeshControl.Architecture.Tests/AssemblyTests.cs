using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>What the compiled assemblies use, whatever their project files say.</summary>
public sealed class AssemblyTests
{
    private static readonly string[] Hosting = ["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "Serilog", "YamlDotNet"];

    private static readonly string[] Databases = ["Microsoft.EntityFrameworkCore", "Microsoft.Data", "System.Data", "Npgsql", "SQLitePCLRaw"];

    private static readonly string[] Network = ["System.Net.Sockets", "System.Net.Http", "System.Net.Security", "System.Net.Requests"];

    private static readonly string[] Logging = ["Microsoft.Extensions.Logging", "System.Diagnostics.TraceSource", "System.Console"];

    /// <summary>These lie in assemblies that everybody uses, so only the types tell.</summary>
    private static readonly string[] FileTypes =
    [
        "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.DriveInfo", "System.IO.File", "System.IO.FileInfo",
        "System.IO.FileStream", "System.IO.FileSystemWatcher", "System.IO.RandomAccess", "System.IO.StreamReader",
        "System.IO.StreamWriter",
    ];

    /// <summary>Waiting, and asking for the time.</summary>
    private static readonly string[] HostTypes =
    [
        "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask", "System.Threading.Thread",
        "System.Threading.Timer", "System.TimeProvider",
    ];

    [Theory]
    [InlineData("MeshControl.Protocol")]
    [InlineData("MeshControl.Policy")]
    public void PureProject_NeverTouchesTheWorld(string project)
    {
        var assembly = BuiltAssembly.Read(project);
        AssertNoneOf([.. Hosting, .. Databases, .. Network, .. Logging], assembly.Assemblies);
        Assert.Equal([], assembly.Types.Intersect([.. FileTypes, .. HostTypes]));
    }

    [Fact]
    public void Core_KnowsNoWebDatabaseSocketOrFile()
    {
        var assembly = BuiltAssembly.Read("MeshControl.Core");
        AssertNoneOf([.. Hosting, .. Databases, .. Network], assembly.Assemblies);
        Assert.Equal([], assembly.Types.Intersect(FileTypes));
    }

    [Fact]
    public void Store_KnowsNoWeb()
    {
        AssertNoneOf([.. Hosting, "MeshControl.Policy"], BuiltAssembly.Read("MeshControl.Store").Assemblies);
    }

    [Fact]
    public void Derp_KnowsNoTailnetPolicyOrDatabase()
    {
        AssertNoneOf(
            [.. Databases, "MeshControl.Core", "MeshControl.Policy", "MeshControl.Store", "Serilog", "YamlDotNet"],
            BuiltAssembly.Read("MeshControl.Derp").Assemblies);
    }

    [Fact]
    public void Admin_StandsAlone()
    {
        AssertNoneOf([.. Hosting, .. Databases, "Microsoft.Extensions", "MeshControl"], BuiltAssembly.Read("MeshControl.Admin").Assemblies);
    }

    private static void AssertNoneOf(string[] forbidden, IReadOnlyList<string> used) =>
        Assert.Equal([], used.Where(name =>
            forbidden.Any(prefix => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal))));
}
