using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class NodePingTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("WEB.mesh.internal.")]
    [Trait("Acceptance", "TestPingResolveByHostname")]
    public async Task Ping_ByName_FindsTheNode(string name)
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, "nodes", "ping", name);

        Assert.Equal((0, "pong from web (ID 2) in 12.3 ms\n"), (run.ExitCode, run.Out));
        Assert.Equal(2, server.Single<PingNodeRequest>().Id);
    }

    [Fact]
    public async Task Ping_ByIdAsJson_HasTheNumbers()
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, "nodes", "ping", "-i", "1", "-o", "json");

        var answer = JsonNode.Parse(run.Out)!;
        Assert.Equal((1, "laptop", 12.3), ((int)answer["id"]!, (string)answer["given_name"]!, (double)answer["latency_ms"]!));
    }

    [Fact]
    public async Task Ping_AsYaml_HasTheNumbers()
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, "nodes", "ping", "web", "-o", "yaml");

        Assert.Equal((0, "id: 2\ngiven_name: web\nlatency_ms: 12.3\n", ""), (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Ping_UnknownName_IsNotFound()
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, "nodes", "ping", "nobody");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("There is no node called nobody", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes", "ping")]
    [InlineData("nodes", "ping", "web", "-i", "1")]
    public async Task Ping_NeitherOrBoth_IsAUsageError(params string[] arguments)
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Either NAME or --identifier", run.Error, StringComparison.Ordinal);
    }

    private static async Task<FakeServer> StartAsync()
    {
        var server = await FakeServer.StartAsync();
        server.Nodes.AddRange([Sample.Node(1, "laptop"), Sample.Node(2, "web")]);
        return server;
    }
}
