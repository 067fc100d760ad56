using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Acceptance;

/// <summary>The program and a real server, for nodes that joined it.</summary>
public sealed class NodeTests
{
    [Fact]
    [Trait("Acceptance", "TestNodeCommand")]
    public async Task Nodes_OfTwoUsers_AreListedFilteredAndDeleted()
    {
        await using var server = await StartAsync(ada: 5, grace: 2);

        Assert.Equal(
            ["ada-1", "ada-2", "ada-3", "ada-4", "ada-5", "grace-1", "grace-2"],
            (await NodesAsync(server)).Select(node => (string)node!["given_name"]!));
        Assert.Equal(Enumerable.Range(1, 7), (await NodesAsync(server)).Select(node => (int)node!["id"]!));
        Assert.Equal(
            ["grace-1", "grace-2"], (await NodesAsync(server, "--user", "grace")).Select(node => (string)node!["name"]!));

        Assert.Equal("Node deleted\n", await OkAsync(server, "nodes", "delete", "-i", "4", "--force"));

        Assert.Equal([1, 2, 3, 5], (await NodesAsync(server, "-u", "ada")).Select(node => (int)node!["id"]!));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeExpireCommand")]
    public async Task Expire_SomeNodes_TheOthersNeverDo()
    {
        await using var server = await StartAsync(ada: 5);
        Assert.All(await NodesAsync(server), node => Assert.Null(node!["expiry"]));

        foreach (var id in new[] { "1", "2", "3" })
        {
            Assert.Equal("Node expired\n", await OkAsync(server, "nodes", "expire", "-i", id));
        }

        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(
            [true, true, true, false, false],
            (await NodesAsync(server)).Select(node => node!["expiry"] is { } expiry && (DateTimeOffset)expiry < now));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeExpireFlagsCommand")]
    public async Task Expire_WithATimeAndWithout_IsShown()
    {
        await using var server = await StartAsync(ada: 1);
        var end = TimeProvider.System.GetUtcNow().AddHours(2);

        Assert.Equal("Node expiration updated\n", await OkAsync(server, "nodes", "expire", "-i", "1", "--expiry", $"{end:yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Equal(end.ToUnixTimeSeconds(), ((DateTimeOffset)(await NodesAsync(server))[0]!["expiry"]!).ToUnixTimeSeconds());

        Assert.Equal("Node expiry disabled\n", await OkAsync(server, "nodes", "expire", "-i", "1", "--disable"));
        Assert.Null((await NodesAsync(server))[0]!["expiry"]);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeRenameCommand")]
    public async Task Rename_SomeNodes_AndNotToALabelThatIsTooLong()
    {
        await using var server = await StartAsync(ada: 5);
        foreach (var id in new[] { "1", "2", "3" })
        {
            Assert.Equal("Node renamed\n", await OkAsync(server, "nodes", "rename", "-i", id, $"newnode-{id}"));
        }

        var refused = await server.RunAsync("nodes", "rename", "-i", "4", new string('t', 64));
        var taken = await server.RunAsync("nodes", "rename", "-i", "4", "newnode-1");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("is too long, max length is 63 bytes", refused.Error, StringComparison.Ordinal);
        Assert.Equal(4, taken.ExitCode);
        Assert.Equal(
            ["newnode-1", "newnode-2", "newnode-3", "ada-4", "ada-5"],
            (await NodesAsync(server)).Select(node => (string)node!["given_name"]!));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeTagCommand")]
    public async Task Tag_UsersNode_BelongsToItsTags()
    {
        await using var server = await StartAsync(ada: 1);

        Assert.Equal("Node updated\n", await OkAsync(server, "nodes", "tag", "-i", "1", "-t", "tag:one,tag:two", "--force"));

        Assert.Contains("│ tagged-devices │ tag:one, tag:two │", await OkAsync(server, "nodes", "list"), StringComparison.Ordinal);
        var none = await server.RunAsync("nodes", "tag", "-i", "1", "-t", "");
        var wrong = await server.RunAsync("nodes", "tag", "-i", "1", "-t", "three");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("cannot remove all tags from a node without saying whose it is then (--user)", none.Error, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("\"three\" is not a tag: write tag:name", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tag_AwayAndToAnotherUser_NodesAreOfWhomTheyWereGivenTo()
    {
        await using var server = await StartAsync(ada: 2, grace: 1);
        await OkAsync(server, "nodes", "tag", "-i", "1", "--add", "tag:a", "--force");

        Assert.Equal("Node updated\n", await OkAsync(server, "nodes", "tag", "-i", "1", "--remove", "tag:a", "--user", "grace"));
        Assert.Equal("Node moved\n", await OkAsync(server, "nodes", "move", "-i", "2", "--user", "grace"));
        Assert.Equal([1, 2, 3], (await NodesAsync(server, "--user", "grace")).Select(node => (int)node!["id"]!));

        Assert.Equal("2 nodes moved\n", await ManyAsync(server, "nodes", "move", "--from-user", "grace", "--name", "ada-?", "--user", "ada"));
        Assert.Equal([1, 2], (await NodesAsync(server, "--user", "ada")).Select(node => (int)node!["id"]!));
    }

    [Fact]
    public async Task Many_AllExpired_ComeBackOrGoTogether()
    {
        await using var server = await StartAsync(ada: 3, grace: 1);
        Assert.Equal("3 nodes expired\n", await ManyAsync(server, "nodes", "expire", "--user", "ada"));

        Assert.Equal("1 node updated\n", await ManyAsync(server, "nodes", "expire", "--all-expired", "--name", "ada-1", "-e", "90d"));
        Assert.Equal([2, 3], (await NodesAsync(server, "--all-expired")).Select(node => (int)node!["id"]!));
        Assert.Equal(3, (await server.RunAsync("nodes", "delete", "-i", "2,9", "--force")).ExitCode);
        Assert.Equal("2 nodes deleted\n", await ManyAsync(server, "nodes", "delete", "--all-expired"));

        Assert.Equal([1, 4], (await NodesAsync(server)).Select(node => (int)node!["id"]!));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeCommandValidation")]
    public async Task UnknownNode_IsNotFound()
    {
        await using var server = await StartAsync();

        foreach (string[] call in (string[][])
            [["delete"], ["expire"], ["expire", "-d"], ["tag", "-t", "tag:a"], ["rename", "kitchen"], ["move", "-u", "ada"]])
        {
            Assert.Equal(3, (await server.RunAsync(["nodes", .. call, "-i", "99", "--force"])).ExitCode);
        }
    }

    /// <summary>Expects success, where the nodes are shown before.</summary>
    private static async Task<string> ManyAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync([.. args, "--force"]);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("ID │ Hostname │", run.Error, StringComparison.Ordinal);
        return run.Out;
    }

    private static async Task<RealServer> StartAsync(int ada = 0, int grace = 0)
    {
        var server = await RealServer.StartAsync();
        foreach (var (user, nodes) in new[] { ("ada", ada), ("grace", grace) })
        {
            await OkAsync(server, "users", "create", user);
            var key = (await OkAsync(server, "preauthkeys", "create", "-u", user, "--reusable")).Trim();
            for (var number = 1; number <= nodes; number++)
            {
                await server.JoinNodeAsync($"{user}-{number}", key);
            }
        }

        return server;
    }

    private static async Task<string> OkAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out;
    }

    private static async Task<JsonArray> NodesAsync(RealServer server, params string[] filter) =>
        JsonNode.Parse(await OkAsync(server, ["nodes", "list", .. filter, "-o", "json"]))!.AsArray();
}
