using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>Renaming, expiring and tagging nodes.</summary>
public sealed class NodeChangesTests
{
    [Fact]
    public async Task Rename_Node_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var text = await CliRun.OfAsync(server, "nodes", "rename", "kitchen", "-i", "5");
        var json = await CliRun.OfAsync(server, "node", "rename", "-i", "5", "kitchen", "-o", "json");

        Assert.Equal((0, "Node renamed\n", ""), (text.ExitCode, text.Out, text.Error));
        Assert.Equal("kitchen", JsonNode.Parse(json.Out)!["given_name"]!.GetValue<string>());
        Assert.All(server.Requests, request => Assert.Equal(new RenameNodeRequest { Id = 5, NewName = "kitchen" }, request));
    }

    [Theory]
    [InlineData("{ \"id\": \"5\" }", "Node expired\n", "nodes", "expire", "-i", "5")]
    [InlineData("{ \"id\": \"5\" }", "Node expired\n", "nodes", "logout", "-i", "5", "-e", "")]
    [InlineData("{ \"id\": \"5\", \"expiry\": \"2026-07-31T22:00:00Z\" }", "Node expired\n", "node", "exp", "-i", "5", "-e", "2026-08-01T00:00:00+02:00")]
    [InlineData("{ \"id\": \"5\", \"expiry\": \"2027-01-31T12:00:00.500Z\" }", "Node expiration updated\n", "nodes", "e", "-i", "5", "--expiry", "2027-01-31t12:00:00.5z")]
    [InlineData("{ \"id\": \"5\", \"lifetime\": \"5400s\" }", "Node expiration updated\n", "nodes", "expire", "-i", "5", "-e", "1h30m")]
    [InlineData("{ \"id\": \"5\", \"lifetime\": \"0s\" }", "Node expired\n", "nodes", "expire", "-i", "5", "-e", "0")]
    [InlineData("{ \"id\": \"5\", \"never\": true }", "Node expiry disabled\n", "nodes", "expire", "-i", "5", "--disable")]
    [InlineData("{ \"id\": \"5\", \"never\": true }", "Node expiry disabled\n", "nodes", "expire", "-i", "5", "-d")]
    public async Task Expire_Node_EachWayToSayIt(string request, string output, params string[] args)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await CliRun.OfAsync(server, args);

        Assert.Equal((0, output, ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(request, server.Single<ExpireNodeRequest>().ToString());
    }

    [Fact]
    public async Task Expire_Json_PrintsTheNode()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await CliRun.OfAsync(server, "nodes", "expire", "-i", "5", "-o", "json");

        Assert.Equal("2026-08-01T12:00:00Z", JsonNode.Parse(run.Out)!["expiry"]!.GetValue<string>());
    }

    [Theory]
    [Trait("Acceptance", "TestNodeCommandValidation")]
    [InlineData("\"tomorrow\" is not a time; write one such as 2027-01-31T12:00:00Z", "nodes", "expire", "-i", "5", "-e", "tomorrow")]
    [InlineData("\"2027-01-31T12:00:00\" is not a time; write one such as 2027-01-31T12:00:00Z", "nodes", "expire", "-i", "5", "-e", "2027-01-31T12:00:00")]
    [InlineData("\"2027-02-31T12:00:00Z\" is not a time", "nodes", "expire", "-i", "5", "-e", "2027-02-31T12:00:00Z")]
    [InlineData("\"101y\" is not a time", "nodes", "expire", "-i", "5", "-e", "101y")]
    [InlineData("A login that never ends (--disable) has no time at which it ends (--expiry).", "nodes", "expire", "-i", "5", "-d", "-e", "1h")]
    [InlineData("Say which nodes: --identifier, or what they have in common (see --help).", "nodes", "expire")]
    [InlineData("Say which nodes: --identifier", "nodes", "delete", "--force")]
    [InlineData("Say which nodes: --identifier", "nodes", "move", "-u", "ada")]
    [InlineData("Option '--user' is required.", "nodes", "move", "-i", "5")]
    [InlineData("--user needs a value: without one it would mean all nodes.", "nodes", "delete", "--user", "", "--force")]
    [InlineData("--name needs a value", "nodes", "delete", "-i", "5", "--name", " ")]
    [InlineData("--with-tag needs a value", "nodes", "expire", "--with-tag", "", "--all-expired")]
    [InlineData("--from-user needs a value", "nodes", "tag", "--from-user", "", "-t", "tag:a")]
    [InlineData("\"soon\" is not a duration", "nodes", "delete", "--offline-for", "soon")]
    [InlineData("\"\" is not an id", "nodes", "delete", "-i", "5,")]
    [InlineData("\"x\" is not an id", "nodes", "expire", "-i", "x")]
    [InlineData("Option '--identifier' is required.", "nodes", "rename", "kitchen")]
    [InlineData("Required argument missing for command: 'rename'.", "nodes", "rename", "-i", "5")]
    [InlineData("Say which nodes: --identifier", "nodes", "tag", "-t", "tag:a")]
    [InlineData("Say either all tags that the node is to have (--tags), or those that it gets and loses (--add, --remove).", "nodes", "tag", "-i", "5")]
    [InlineData("Say either all tags", "nodes", "tag", "-i", "5", "-t", "tag:a", "--add", "tag:b")]
    [InlineData("\"-1\" is not an id", "nodes", "delete", "--identifier=-1")]
    public async Task BadCall_IsAUsageError(string message, params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"Error: {message}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes", "tag", "-i", "5", "-t", "tag:a,tag:b")]
    [InlineData("node", "tags", "-i", "5", "--tags", "tag:a", "--tags", "tag:b")]
    [InlineData("nodes", "t", "-i", "5", "-t", "tag:a", "-t", "tag:b")]
    public async Task Tag_UsersNode_AsksFirst(params string[] args)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await new CliRun { Typed = "yes\n" }.StartAsync(server, args);

        Assert.Equal(
            (0, "Node updated\n", "Do you want to take the node laptop from ada and give it to its tags, for good? [y/n] "),
            (run.ExitCode, run.Out, run.Error));
        Assert.Equal(new SetNodeTagsRequest { Id = 5, Tags = { "tag:a", "tag:b" } }, server.Single<SetNodeTagsRequest>());
    }

    [Fact]
    public async Task Tag_Declined_DoesNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await new CliRun { Typed = "n\n" }.StartAsync(server, "nodes", "tag", "-i", "5", "-t", "tag:a");

        Assert.Equal((0, "Node not updated\n"), (run.ExitCode, run.Out));
        Assert.Empty(server.Requests.OfType<SetNodeTagsRequest>());
    }

    [Fact]
    public async Task Tag_TaggedNodeOrForced_AsksNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.AddRange([Sample.Node(5, "laptop"), Sample.Node(6, "web")]);
        server.Nodes[1].User = null;

        var tagged = await CliRun.OfAsync(server, "nodes", "tag", "-i", "6", "-t", "tag:a");
        var forced = await CliRun.OfAsync(server, "nodes", "tag", "-i", "5", "-t", "tag:a", "--force", "-o", "json");

        Assert.Equal((0, "Node updated\n", ""), (tagged.ExitCode, tagged.Out, tagged.Error));
        Assert.Equal("tag:a", JsonNode.Parse(forced.Out)!["tags"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("-t", "")]
    [InlineData("--remove", "tag:a")]
    public async Task Tag_NoTagIsLeft_AsksWhoseTheNodeIs(params string[] args)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(6, "web"));
        server.Nodes[0].User = null;
        server.Nodes[0].Tags.Add("tag:a");

        var run = await new CliRun { Typed = " grace \n" }.StartAsync(server, ["nodes", "tag", "-i", "6", .. args]);

        Assert.Equal(
            (0, "Node updated\n", "Without tags the node web belongs to a user. To which? "), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(("grace", 0), (server.Single<SetNodeTagsRequest>().User, server.Single<SetNodeTagsRequest>().Tags.Count));
    }

    [Theory]
    [InlineData(null, 2, "", "Error: Nobody answered the question: you cannot remove all tags from a node without saying whose it is then (--user).\n")]
    [InlineData("\n", 0, "Nothing was changed\n", "")]
    public async Task Tag_NoTagIsLeftAndNobodySaysWhose_ChangesNothing(string? typed, int exitCode, string output, string error)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(6, "web"));
        server.Nodes[0].User = null;

        var run = await new CliRun { Typed = typed }.StartAsync(server, "nodes", "tag", "-i", "6", "-t", "", "--force");

        Assert.Equal((exitCode, output), (run.ExitCode, run.Out));
        Assert.EndsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests.OfType<SetNodeTagsRequest>());
    }

    [Fact]
    public async Task Tag_NoTagIsLeftAndTheUserIsSaid_AsksNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.AddRange([Sample.Node(5, "laptop"), Sample.Node(6, "web")]);
        server.Nodes[1].User = null;

        var toUser = await CliRun.OfAsync(server, "nodes", "tag", "-i", "6", "-t", "", "-u", "grace");
        var usersOwn = await CliRun.OfAsync(server, "nodes", "tag", "-i", "5", "--tags", "");

        Assert.All([toUser, usersOwn], run => Assert.Equal((0, "Node updated\n", ""), (run.ExitCode, run.Out, run.Error)));
        Assert.Equal(["grace", ""], server.Requests.OfType<SetNodeTagsRequest>().Select(request => request.User));
    }

    [Fact]
    public async Task Move_Node_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(2, "grace"));
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var text = await CliRun.OfAsync(server, "nodes", "move", "-i", "5", "-u", "grace");
        var json = await CliRun.OfAsync(server, "node", "mv", "--identifier", "5", "--user", "grace", "-o", "json");

        Assert.Equal((0, "Node moved\n", ""), (text.ExitCode, text.Out, text.Error));
        Assert.Equal("grace", JsonNode.Parse(json.Out)!["user"]!["name"]!.GetValue<string>());
        Assert.All(server.Requests, request => Assert.Equal(new MoveNodeRequest { Id = 5, User = "grace" }, request));
    }
}
