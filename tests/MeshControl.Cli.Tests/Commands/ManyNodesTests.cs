using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>Commands for many nodes at once: they show which, ask, and say what came of it.</summary>
public sealed class ManyNodesTests
{
    [Theory]
    [InlineData("{ \"user\": \"ada\" }", "--user", "ada")]
    [InlineData("{ \"tag\": \"tag:a\", \"expired\": true }", "--with-tag", "tag:a", "--all-expired")]
    [InlineData("{ \"namePattern\": \"build-*\" }", "--name", "build-*")]
    [InlineData("{ \"offlineFor\": \"7776000s\" }", "--offline-for", "90d")]
    [InlineData("{ \"ids\": [ \"5\", \"6\" ] }", "-i", "5,6", "-i", "5")]
    [InlineData("{ \"ids\": [ \"5\" ], \"expired\": true }", "-i", "5", "--all-expired")]
    public async Task List_EachCondition_IsAskedOfTheServer(string filter, params string[] args)
    {
        await using var server = await FakeServer.StartAsync();

        Assert.Equal(0, (await CliRun.OfAsync(server, ["nodes", "list", .. args])).ExitCode);

        Assert.Equal(filter, server.Single<ListNodesRequest>().Filter.ToString());
    }

    [Theory]
    [InlineData("Do you want to remove these 2 nodes? [y/n] ", "2 nodes deleted\n", "{ \"delete\": { } }", "delete")]
    [InlineData("Do you want to log out these 2 nodes? [y/n] ", "2 nodes expired\n", "{ \"expire\": { } }", "expire")]
    [InlineData("Do you want to let the login of these 2 nodes never end? [y/n] ", "2 nodes updated\n", "{ \"expire\": { \"never\": true } }", "expire", "--disable")]
    [InlineData("Do you want to let the login of these 2 nodes end at 2026-10-30 12:00:00? [y/n] ", "2 nodes updated\n", "{ \"expire\": { \"lifetime\": \"7776000s\" } }", "expire", "-e", "90d")]
    [InlineData("Do you want to give these 2 nodes to grace? [y/n] ", "2 nodes moved\n", "{ \"move\": { \"user\": \"grace\" } }", "move", "--user", "grace")]
    [InlineData("Do you want to change the tags of these 2 nodes? Those that have tags then belong to no user. [y/n] ", "2 nodes updated\n", "{ \"setTags\": { \"tags\": [ \"tag:a\" ] } }", "tag", "-t", "tag:a")]
    public async Task Change_Nodes_ShowsThemAsksAndIsDone(string question, string output, string change, params string[] args)
    {
        await using var server = await StartAsync();

        var run = await new CliRun { Typed = "y\n" }.StartAsync(server, ["nodes", .. args, "--all-expired"]);

        Assert.Equal((0, output), (run.ExitCode, run.Out));
        Assert.Contains("laptop", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(question, run.Error, StringComparison.Ordinal);
        var request = server.Single<ChangeNodesRequest>();
        Assert.Equal("{ \"ids\": [ \"5\", \"6\" ], \"expired\": true }", request.Filter.ToString());
        request.Filter = null;
        Assert.Equal(change, request.ToString());
    }

    [Theory]
    [InlineData("n\n", 0, "Nothing was changed\n")]
    [InlineData(null, 2, "")]
    public async Task Change_NotAgreedTo_DoesNothing(string? typed, int exitCode, string output)
    {
        await using var server = await StartAsync();

        var run = await new CliRun { Typed = typed }.StartAsync(server, "nodes", "delete", "-i", "5,6");

        Assert.Equal((exitCode, output), (run.ExitCode, run.Out));
        Assert.Empty(server.Requests.OfType<ChangeNodesRequest>());
    }

    [Fact]
    public async Task Change_Forced_ShowsThemAndAsksNothing()
    {
        await using var server = await StartAsync();

        var run = await CliRun.OfAsync(server, "nodes", "delete", "--offline-for", "90d", "--force", "-o", "json");

        Assert.Contains("laptop", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("[y/n]", run.Error, StringComparison.Ordinal);
        Assert.Equal([5, 6], JsonNode.Parse(run.Out)!.AsArray().Select(node => (int)node!["id"]!));
    }

    [Fact]
    public async Task Change_SomeCameBackMeanwhile_SaysWhoWasLeftAlone()
    {
        await using var server = await StartAsync();
        server.CameBack.Add(6);

        var text = await CliRun.OfAsync(server, "nodes", "delete", "--offline-for", "90d", "--force");
        var json = await CliRun.OfAsync(server, "nodes", "expire", "--offline-for", "90d", "--force", "-o", "json");

        Assert.Equal("1 node deleted; left alone, as they have changed meanwhile: web\n", text.Out);
        Assert.Equal([5], JsonNode.Parse(json.Out)!.AsArray().Select(node => (int)node!["id"]!));
    }

    [Fact]
    public async Task Change_NoNodeIsLikeThat_IsNoMistake()
    {
        await using var server = await FakeServer.StartAsync();

        var text = await CliRun.OfAsync(server, "nodes", "delete", "--all-expired");
        var json = await CliRun.OfAsync(server, "nodes", "delete", "--all-expired", "-o", "json");

        Assert.Equal((0, "There is no such node; nothing was changed\n", ""), (text.ExitCode, text.Out, text.Error));
        Assert.Equal("[]\n", json.Out);
    }

    [Fact]
    public async Task Tag_NoTagIsLeftOfSome_AsksWhoseTheyAreThenWhetherToDoIt()
    {
        await using var server = await StartAsync();
        server.Nodes[1].User = null;

        var run = await new CliRun { Typed = "grace\ny\n" }.StartAsync(server, "nodes", "tag", "-t", "", "--name", "*");

        Assert.Equal((0, "2 nodes updated\n"), (run.ExitCode, run.Out));
        Assert.Equal("grace", server.Single<ChangeNodesRequest>().SetTags.User);
    }

    private static async Task<FakeServer> StartAsync()
    {
        var server = await FakeServer.StartAsync();
        server.Nodes.AddRange([Sample.Node(5, "laptop"), Sample.Node(6, "web")]);
        return server;
    }
}
