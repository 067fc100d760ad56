using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Acceptance;

/// <summary>The program and a real server, for devices that wait for approval.</summary>
public sealed class ApprovalTests
{
    [Fact]
    public async Task Approve_Node_NoLongerWaits()
    {
        await using var server = await StartAsync();
        await server.JoinNodeAsync("desk", await KeyAsync(server));
        Assert.Contains("needs approval", await OkAsync(server, "nodes", "list"), StringComparison.Ordinal);

        Assert.Equal("Node approved\n", await OkAsync(server, "nodes", "approve", "--identifier", "1"));

        Assert.DoesNotContain("needs approval", await OkAsync(server, "nodes", "list"), StringComparison.Ordinal);
        var node = JsonNode.Parse(await OkAsync(server, "nodes", "approve", "-i", "1", "-o", "json"))!;
        Assert.Equal(("desk", false), ((string)node["given_name"]!, (bool)node["needs_approval"]!));
    }

    [Fact]
    public async Task Register_Login_SaysThatTheNodeWaits()
    {
        await using var server = await StartAsync();
        var url = await server.AskToJoinAsync("desk");

        Assert.Equal(
            "Node desk registered; it waits for approval: meshctl nodes approve --identifier 1\n",
            await OkAsync(server, "auth", "register", "--auth-id", url, "--user", "ada"));
    }

    [Fact]
    public async Task Reject_Node_IsGone()
    {
        await using var server = await StartAsync();
        await server.JoinNodeAsync("desk", await KeyAsync(server));

        Assert.Equal("Node rejected\n", await OkAsync(server, "nodes", "reject", "--identifier", "1"));

        Assert.Empty((await NodesAsync(server)).AsArray());
    }

    [Fact]
    public async Task PreapprovedKey_Node_NeverWaits()
    {
        await using var server = await StartAsync();
        await server.JoinNodeAsync("desk", await KeyAsync(server, "--preapproved"));

        Assert.False((bool)(await NodesAsync(server))[0]!["needs_approval"]!);
        Assert.True((bool)JsonNode.Parse(await OkAsync(server, "preauthkeys", "list", "-o", "json"))![0]!["preapproved"]!);
    }

    [Fact]
    public async Task ExemptUser_Node_NeverWaits()
    {
        await using var server = await StartAsync("ada@");
        await server.JoinNodeAsync("desk", await KeyAsync(server));

        Assert.False((bool)(await NodesAsync(server))[0]!["needs_approval"]!);
    }

    [Fact]
    public async Task BadCalls_FailWithTheClassOfTheirMistake()
    {
        await using var server = await StartAsync();
        await server.JoinNodeAsync("desk", await KeyAsync(server, "--preapproved"));

        await FailsAsync(5, "nodes delete --identifier 1", "reject", "-i", "1");
        await FailsAsync(3, "There is no node", "reject", "-i", "9");
        await FailsAsync(3, "There is no node", "approve", "-i", "9");
        await FailsAsync(2, "--identifier", "approve");

        async Task FailsAsync(int status, string words, params string[] args)
        {
            var run = await server.RunAsync(["nodes", .. args]);
            Assert.Equal(status, run.ExitCode);
            Assert.Contains(words, run.Error, StringComparison.Ordinal);
        }
    }

    private static async Task<RealServer> StartAsync(params string[] exempt)
    {
        var server = await RealServer.StartAsync(options => options with
        {
            Node = options.Node with { ApprovalRequired = true, ApprovalExempt = exempt },
        });
        await OkAsync(server, "users", "create", "ada");
        return server;
    }

    private static async Task<string> KeyAsync(RealServer server, params string[] options) =>
        (await OkAsync(server, ["preauthkeys", "create", "--user", "ada", .. options])).TrimEnd();

    private static async Task<JsonNode> NodesAsync(RealServer server) => JsonNode.Parse(await OkAsync(server, "nodes", "list", "-o", "json"))!;

    private static async Task<string> OkAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out;
    }
}
