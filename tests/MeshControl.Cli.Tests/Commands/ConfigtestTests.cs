using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>A configuration is checked without any trace.</summary>
public sealed class ConfigtestTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("configtest");

    private string Config => Path.Combine(_directory.FullName, "config.yaml");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Valid_SaysSoInOneLineAndLeavesNoTrace()
    {
        Write(
            """
            server_url: https://mesh.example.com
            listen_addr: 127.0.0.1:0
            derp:
              map:
                regions:
                  900: {regionname: Home, nodes: [{name: 900a, hostname: relay.example.com}]}
            """);

        var run = await new CliRun().StartAsync("configtest", "-c", Config);

        Assert.Equal((0, $"Configuration is valid ({Config})\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal([Config], Directory.GetFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public async Task IgnoredKeysAndWarnings_AreNamed()
    {
        Write(
            """
            server_url: http://mesh.example.com
            listen_addr: 127.0.0.1:0
            disable_check_updates: true
            """);

        var run = await new CliRun().StartAsync("configtest", "-c", Config);

        Assert.Equal((0, $"Configuration is valid ({Config})\n"), (run.ExitCode, run.Out));
        Assert.Matches("(?m)^Warning: .*server_url: Clients will reach the server over plain HTTP", run.Error);
        Assert.Matches("(?m)^Ignored: disable_check_updates: no effect", run.Error);
    }

    [Theory]
    [InlineData("{\"acls\": []}", null)]
    [InlineData("{\n  \"acls\": [{\"action\": \"deny\"}],\n}", "acl.hujson (policy.path) is wrong: line 2, column ")]
    [InlineData("// later", "is empty")]
    [InlineData(null, "there is no such file")]
    public async Task PolicyFile_IsReadAsWell(string? policy, string? problem)
    {
        Write("policy:\n  path: acl.hujson\n");
        if (policy is not null)
        {
            File.WriteAllText(Path.Combine(_directory.FullName, "acl.hujson"), policy);
        }

        var run = await new CliRun().StartAsync("configtest", "-c", Config);

        Assert.Equal(problem is null ? 0 : 2, run.ExitCode);
        Assert.Equal(problem is null ? 0 : 1, run.Error.Split('\n').Count(line => line.StartsWith("Error: ", StringComparison.Ordinal)));
        Assert.Contains(problem ?? "", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryMistake_IsToldAtOnce()
    {
        Write(
            $"""
            server_url: ftp://mesh.example.com
            noise:
              private_key_path: broken.key
            unix_socket: file
            tls_cert_path: missing.pem
            tls_key_path: missing.key
            database:
              sqlite:
                path: file/below/db.sqlite
            derp:
              paths: [missing.yaml]
            misspelt_key: 1
            """);
        File.WriteAllText(Path.Combine(_directory.FullName, "broken.key"), "privkey:abc\n");
        File.WriteAllText(Path.Combine(_directory.FullName, "file"), "");
        var before = Directory.GetFileSystemEntries(_directory.FullName);

        var run = await new CliRun().StartAsync("configtest", "-c", Config);

        Assert.Equal((2, $"Configuration is not valid ({Config})\n"), (run.ExitCode, run.Out));
        foreach (var part in (string[])["server_url", "broken.key does not hold the server's private key", "file exists and is not a socket",
            "missing.pem (tls_cert_path)", "is not a directory", "missing.yaml", "misspelt_key"])
        {
            Assert.Single(run.Error.Split('\n'), line => line.StartsWith("Error: ", StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal));
        }

        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(_directory.FullName).Order());
    }

    [Fact]
    public async Task Json_HasOneShapeForBoth()
    {
        Write("listen_addr: nonsense");

        var invalid = await new CliRun().StartAsync("configtest", "-c", Config, "-o", "json");
        Write("listen_addr: 127.0.0.1:0");
        var valid = await new CliRun().StartAsync("configtest", "-c", Config, "-o", "json");

        Assert.Equal((2, "", 0, ""), (invalid.ExitCode, invalid.Error, valid.ExitCode, valid.Error));
        Assert.False((bool)JsonNode.Parse(invalid.Out)!["valid"]!);
        Assert.Single(JsonNode.Parse(invalid.Out)!["errors"]!.AsArray());
        Assert.Equal(
            ["valid", "file", "errors", "warnings", "ignored_keys"], JsonNode.Parse(valid.Out)!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task NamedFile_ThatDoesNotExist_IsAMistake()
    {
        var run = await new CliRun().StartAsync("configtest", "-c", Config);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("cannot be read", run.Error, StringComparison.Ordinal);
    }

    private void Write(string text) => File.WriteAllText(Config, text);
}
