using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class ServerTests
{
    [Fact]
    public async Task Health_Healthy_Succeeds()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, "health", "-o", "json-line");

        Assert.Equal((0, """{"database_connectivity":true}""" + "\n"), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Health_DatabaseGone_FailsAndSaysWhy()
    {
        await using var server = await FakeServer.StartAsync();
        server.Health = new GetHealthResponse { DatabaseProblem = "The disk is full." };

        var text = await CliRun.OfAsync(server, "health");
        var json = await CliRun.OfAsync(server, "health", "-o", "json-line");

        Assert.Equal((1, "The database does not answer: The disk is full.\n"), (text.ExitCode, text.Out));
        Assert.Equal(
            (1, """{"database_connectivity":false,"database_problem":"The disk is full."}""" + "\n"), (json.ExitCode, json.Out));
    }

    [Fact]
    public async Task Version_NeedsNoServer()
    {
        var run = await new CliRun().StartAsync("version", "-o", "json", "-c", "/nonexistent");

        Assert.Equal(0, run.ExitCode);
        var version = JsonNode.Parse(run.Out)!;
        Assert.Matches(@"^\d+\.\d+\.\d+", version["version"]!.GetValue<string>());
        Assert.StartsWith(".NET", version["runtime"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_OfTheServer_IsAdded()
    {
        await using var server = await FakeServer.StartAsync();

        var text = await CliRun.OfAsync(server, "version", "--server");
        var json = await CliRun.OfAsync(server, "version", "--server", "-o", "json");

        Assert.Contains("\nserver 9.8.7 (revision abc), r, p\n", text.Out, StringComparison.Ordinal);
        Assert.Equal("9.8.7", JsonNode.Parse(json.Out)!["server"]!["version"]!.GetValue<string>());
    }
}
