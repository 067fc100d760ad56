using System.Text.Json.Nodes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class NodesTests
{
    [Fact]
    public async Task List_Text_ShowsEveryColumn()
    {
        await using var server = await FakeServer.StartAsync();
        var tagged = Sample.Node(2, "web");
        tagged.User = null;
        tagged.Tags.AddRange(["tag:prod", "tag:web"]);
        tagged.Online = false;
        tagged.LastSeen = null;
        tagged.Expiry = null;
        tagged.Ephemeral = true;
        server.Nodes.AddRange([Sample.Node(1, "laptop"), tagged]);

        var run = await CliRun.OfAsync(server, "nodes", "list");

        Assert.Equal(
            """
            ID │ Hostname    │ Name   │ MachineKey │ NodeKey │ User           │ Tags              │ IP addresses                  │ Ephemeral │ Last seen           │ Expiration          │ Connected │ Expired
            1  │ laptop-host │ laptop │ [ERERE]    │ [IiIiI] │ ada            │                   │ 100.64.0.1, fd7a:115c:a1e0::1 │ false     │ 2026-07-31 00:00:00 │ 2026-12-31 23:59:59 │ online    │ no
            2  │ web-host    │ web    │ [ERERE]    │ [IiIiI] │ tagged-devices │ tag:prod, tag:web │ 100.64.0.1, fd7a:115c:a1e0::1 │ true      │ N/A                 │ N/A                 │ offline   │ no

            """,
            run.Out);
    }

    [Fact]
    [Trait("Acceptance", "TestCLIRootUtilsSocket")]
    public async Task List_Json_HasEveryField()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(1, "laptop"));

        var run = await CliRun.OfAsync(server, "node", "ls", "-o", "json");

        var node = JsonNode.Parse(run.Out)![0]!.AsObject();
        Assert.Equal(
            [
                "id", "machine_key", "node_key", "disco_key", "ip_addresses", "name", "given_name", "user", "tags", "ephemeral", "online",
                "last_seen", "expiry", "created_at", "register_method", "pre_auth_key_id", "needs_approval",
            ],
            node.Select(member => member.Key));
        Assert.Equal("laptop-host", node["name"]!.GetValue<string>());
        Assert.Equal("laptop", node["given_name"]!.GetValue<string>());
        Assert.Equal("2026-12-31T23:59:59.5Z", node["expiry"]!.GetValue<string>());
        Assert.Equal("REGISTER_METHOD_AUTH_KEY", node["register_method"]!.GetValue<string>());
        Assert.Equal("ada", node["user"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_Expired_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();
        var node = Sample.Node(1, "old");
        // The run's clock says noon: this instant has just come.
        node.Expiry = Sample.Time("2026-08-01T12:00:00Z");
        server.Nodes.Add(node);

        var run = await CliRun.OfAsync(server, "nodes", "list");

        Assert.EndsWith("│ yes\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ManyPages_AllArriveInOrder()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.AddRange(Enumerable.Range(1, 25).Select(i => Sample.Node(i, $"n{i}")));
        server.PageSize = 10;

        var run = await CliRun.OfAsync(server, "nodes", "list", "-u", "ada", "-o", "json");

        Assert.Equal(Enumerable.Range(1, 25), JsonNode.Parse(run.Out)!.AsArray().Select(node => node!["id"]!.GetValue<int>()));
        Assert.Equal(["", "10", "20"], server.Requests.OfType<ListNodesRequest>().Select(request => request.PageToken));
        Assert.All(server.Requests.OfType<ListNodesRequest>(), request => Assert.Equal("ada", request.Filter.User));
    }

    [Theory]
    [InlineData("y")]
    [InlineData("YES")]
    [InlineData(" sure ")]
    public async Task Delete_Confirmed_Deletes(string typed)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await new CliRun { Typed = typed + "\n" }.StartAsync(server, "nodes", "delete", "-i", "5");

        Assert.Equal((0, "Node deleted\n", "Do you want to remove the node laptop? [y/n] "), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(5, server.Single<DeleteNodeRequest>().Id);
    }

    [Theory]
    [InlineData("n")]
    [InlineData("")]
    [InlineData("yep")]
    public async Task Delete_Declined_DoesNothingAndSucceeds(string typed)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await new CliRun { Typed = typed + "\n" }.StartAsync(server, "nodes", "delete", "-i", "5");

        Assert.Equal((0, "Node not deleted\n"), (run.ExitCode, run.Out));
        Assert.Empty(server.Requests.OfType<DeleteNodeRequest>());
    }

    [Fact]
    public async Task Delete_NobodyThere_Fails()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await CliRun.OfAsync(server, "nodes", "delete", "-i", "5");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.EndsWith("Error: Nobody answered the question; --force answers it with yes.\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests.OfType<DeleteNodeRequest>());
    }

    [Fact]
    public async Task Delete_Forced_AsksNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(5, "laptop"));

        var run = await CliRun.OfAsync(server, "--force", "node", "del", "--identifier", "5", "-o", "json-line");

        Assert.Equal((0, """{"result":"Node deleted"}""" + "\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(5, server.Single<DeleteNodeRequest>().Id);
    }

    [Fact]
    public async Task Delete_UnknownNode_AsksNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.NotFound("There is no node with id 5.");

        var run = await CliRun.OfAsync(server, "nodes", "delete", "-i", "5");

        Assert.Equal((3, "Error: There is no node with id 5.\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task Delete_BadId_IsAUsageError(string id)
    {
        var run = await new CliRun().StartAsync("nodes", "delete", $"--identifier={id}");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"Error: \"{id}\" is not an id", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WithoutId_IsAUsageError()
    {
        var run = await new CliRun().StartAsync("nodes", "delete");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Error: Say which nodes: --identifier, or what they have in common (see --help).", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OnATerminal_IsColouredAndCutToItsWidth()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(1, new string('n', 60)));

        var run = await new CliRun { TerminalWidth = 120 }.StartAsync(server, "nodes", "list");

        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(WithoutColours(line).Length, 1, 120));
        Assert.Contains("…", run.Out, StringComparison.Ordinal);
        Assert.Contains("\e[1mID\e[0m", lines[0], StringComparison.Ordinal);
        Assert.Contains("\e[32monline\e[0m", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "ID,Hostname,Name,MachineKey,NodeKey,User,Tags,IP addresses,Ephemeral,Last seen,Expiration,Connected,Expired")]
    [InlineData(120, "ID,Hostname,Name,User,Tags,IP addresses,Ephemeral,Last seen,Expiration,Connected,Expired")]
    [InlineData(80, "ID,Hostname,Name,User,Tags,IP addresses,Connected,Expired")]
    public async Task List_OnANarrowTerminal_LeavesOutWhatMattersLeast(int width, string headings)
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(1, "laptop"));
        var run = new CliRun { TerminalWidth = width };
        run.Variables["NO_COLOR"] = "1";

        await run.StartAsync(server, "nodes", "list");

        Assert.Equal(headings.Split(','), run.Out.Split('\n')[0].Split('│', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task List_OnATerminalWithNoColor_IsPlain()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(1, "laptop"));
        var run = new CliRun { TerminalWidth = 400 };
        run.Variables["NO_COLOR"] = "1";

        await run.StartAsync(server, "nodes", "list");

        Assert.DoesNotContain('\e', run.Out);
        Assert.Contains("online", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_HostnameWithEscapeSequences_IsHarmless()
    {
        await using var server = await FakeServer.StartAsync();
        var node = Sample.Node(1, "laptop");
        node.Hostname = "a\e[2Jb\nc\u202e";
        server.Nodes.Add(node);

        var text = await CliRun.OfAsync(server, "nodes", "list");
        var json = await CliRun.OfAsync(server, "nodes", "list", "-o", "json");

        Assert.Contains("a\ufffd[2Jb\ufffdc\ufffd", text.Out, StringComparison.Ordinal);
        Assert.Equal(2, text.Out.Count(c => c == '\n'));
        Assert.DoesNotContain('\e', json.Out);
        Assert.Equal(node.Hostname, JsonNode.Parse(json.Out)![0]!["name"]!.GetValue<string>());
    }

    private static string WithoutColours(string line) => System.Text.RegularExpressions.Regex.Replace(line, "\e\\[[0-9]+m", "");
}
