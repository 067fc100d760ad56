using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Policies;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class PoliciesTests
{
    private const string Text = "// comment\r\n{\t\"acls\": [],}";

    [Theory]
    [InlineData("get")]
    [InlineData("show")]
    [InlineData("view")]
    [InlineData("fetch")]
    public async Task Get_PrintsTheTextAsItIs(string verb)
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.Add(Sample.Policy(1, Text));

        var run = await CliRun.OfAsync(server, "policy", verb, "-o", "json");

        Assert.Equal((0, Text, ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(0, server.Single<GetPolicyRequest>().Version);
    }

    [Fact]
    public async Task Get_Version_AsksForIt()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.AddRange([Sample.Policy(1, "{}"), Sample.Policy(2, Text)]);

        Assert.Equal("{}", (await CliRun.OfAsync(server, "policy", "get", "--version", "1")).Out);
    }

    [Theory]
    [InlineData("set", "-f")]
    [InlineData("put", "--file")]
    [InlineData("update", "-f")]
    public async Task Set_File_IsSentAsItIs(string verb, string option)
    {
        await using var server = await FakeServer.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Home, "policy.hujson"), Text, TestContext.Current.CancellationToken);

        var run = await new CliRun { WorkingDirectory = server.Home }.StartAsync(server, "policy", verb, option, "policy.hujson");

        Assert.Equal((0, "Policy updated, version 1\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(Text, server.Single<SetPolicyRequest>().Text);
    }

    [Fact]
    public async Task Set_Dash_ReadsTheInput()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "set", "-f", "-", "-o", "json-line");

        Assert.Equal(
            """{"version":1,"accepted_at":"2026-07-01T10:20:30Z","accepted_by":"root","size":26,"in_force":true,"rollback_of":null}""" + "\n", run.Out);
        Assert.Equal(Text, server.Single<SetPolicyRequest>().Text);
    }

    [Fact]
    public async Task Set_NoSuchFile_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, "policy", "set", "-f", "/nowhere/policy.hujson");

        Assert.Equal((3, "Error: There is no file /nowhere/policy.hujson.\n"), (run.ExitCode, run.Error));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Set_LongerThanMaxBytes_IsNotSent()
    {
        await using var server = await FakeServer.StartAsync();
        var longest = new string(' ', PolicyInput.MaxBytes);

        Assert.Equal(0, (await new CliRun { Typed = longest }.StartAsync(server, "policy", "set", "-f", "-")).ExitCode);
        var run = await new CliRun { Typed = longest + " " }.StartAsync(server, "policy", "set", "-f", "-");
        var wide = await new CliRun { Typed = longest[..^1] + "é" }.StartAsync(server, "policy", "set", "-f", "-");

        Assert.Equal((2, "Error: The policy is longer than 1024 KiB, which is the most that a server takes.\n"), (run.ExitCode, run.Error));
        Assert.Equal(2, wide.ExitCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Set_NotUtf8_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();
        var path = Path.Combine(server.Home, "policy.hujson");
        await File.WriteAllBytesAsync(path, [0x7B, 0xFF, 0x7D], TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync(server, "policy", "set", "-f", path);

        Assert.Equal((2, $"Error: {path} is not UTF-8.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Set_Refused_ShowsThePlaceAndTheSentence()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.InvalidArgument("the sentence") with { Details = [Any.Pack(new Duration()), Any.Pack(Problem())] };

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "set", "-f", "-");

        Assert.Equal(
            (2, "", """
                Error: input, line 3, column 8:
                        "src": ["tag:nö"],
                           ^
                src=tag not found: "tag:nö"

                """),
            (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    public async Task Check_Valid_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "check", "--file", "-");

        Assert.Equal((0, "Policy is valid\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(Text, server.Single<CheckPolicyRequest>().Text);
    }

    [Fact]
    public async Task Check_Offline_AsksNoServer()
    {
        var good = await new CliRun { Typed = Text }.StartAsync("policy", "check", "-f", "-", "--offline", "--socket", "/nowhere");
        var bad = await new CliRun { Typed = "{\n\t\"acls\": [{\"action\": \"deny\"}]}" }.StartAsync("policy", "check", "-f", "-", "--offline");

        Assert.Equal((0, "Policy is valid (tests not run)\n", ""), (good.ExitCode, good.Out, good.Error));
        Assert.Equal(2, bad.ExitCode);
        Assert.Matches("^Error: input, line 2, column [0-9]+:\n {8}\"acls\": .*\n +\\^\naction=\"deny\" is not supported\n$", bad.Error);
    }

    [Fact]
    public async Task Check_TestsFailed_ListsThem()
    {
        await using var server = await FakeServer.StartAsync();
        server.PolicyProblem = new PolicyProblem { Message = "test(s) failed", Details = { "tag:web cannot reach tag:db:5432", "b\ad" }, MoreDetails = 3 };

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "check", "--file", "-");

        Assert.Equal(
            (2, "Error: input: test(s) failed\n  - tag:web cannot reach tag:db:5432\n  - b\uFFFDd\n  and 3 more\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Check_Json_HasThePlace()
    {
        await using var server = await FakeServer.StartAsync();
        server.PolicyProblem = Problem();

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "check", "--file", "-", "-o", "json");

        var error = JsonNode.Parse(run.Error)!;
        Assert.Equal("src=tag not found: \"tag:nö\"", error["error"]!.GetValue<string>());
        Assert.Equal((3, 8), (error["line"]!.GetValue<int>(), error["column"]!.GetValue<int>()));
    }

    [Fact]
    public async Task History_Text_IsATable()
    {
        await using var server = await FakeServer.StartAsync();
        var (first, second) = (Sample.Policy(1, "{}"), Sample.Policy(2, Text));
        first.Policy.InForce = false;
        second.Policy.RollbackOf = 1;
        server.Policies.AddRange([first, second]);

        var run = await CliRun.OfAsync(server, "policy", "history");

        Assert.Equal(
            """
            Version │ Accepted            │ By   │ Size │ Text of │ In force
            2       │ 2026-07-01 10:20:30 │ root │ 26   │ 1       │ yes
            1       │ 2026-07-01 10:20:30 │ root │ 2    │         │ 

            """,
            run.Out);
        Assert.Equal(50, server.Single<ListPolicyVersionsRequest>().Limit);
    }

    [Theory]
    [InlineData("policy", "history")]
    [InlineData("policy", "explain", "--from", "ada", "--to", "web:22")]
    [InlineData("policy", "preview", "-f", "-")]
    [InlineData("derp", "list")]
    public async Task Yaml_OfEveryAnswer_HasItsNumbers(params string[] args)
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.Add(Sample.Policy(1, Text));
        server.Relays = Sample.Relays();
        server.Explanation = new ExplainAccessResponse { Findings = { new AccessFinding { Rules = { new PolicyRuleReference { Line = 26 } } } } };
        server.Preview = new PreviewPolicyResponse { UpdatedNodes = 26 };

        var run = await new CliRun { Typed = Text }.StartAsync(server, [.. args, "-o", "yaml"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(": (26|443)\n", run.Out);
    }

    [Fact]
    public async Task Check_Yaml_HasThePlace()
    {
        await using var server = await FakeServer.StartAsync();
        server.PolicyProblem = Problem();

        var run = await new CliRun { Typed = Text }.StartAsync(server, "policy", "check", "--file", "-", "-o", "yaml");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("\nline: 3\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_WithoutNames_IsWhatTheLastChangeDid()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.AddRange([Sample.Policy(1, "a\n"), Sample.Policy(2, "b\n"), Sample.Policy(3, "c\n")]);

        var run = await CliRun.OfAsync(server, "policy", "diff");

        Assert.Equal((0, "--- version 2\n+++ version 3\n@@ -1 +1 @@\n-b\n+c\n"), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Diff_OnATerminal_IsInColour()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.AddRange([Sample.Policy(1, "a\n"), Sample.Policy(2, "b\n")]);

        var run = await new CliRun { TerminalWidth = 80 }.StartAsync(server, "policy", "diff", "1", "2");

        Assert.EndsWith("\e[31m-a\e[0m\n\e[32m+b\e[0m\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_File_IsOnTheRight()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.AddRange([Sample.Policy(1, "a\n"), Sample.Policy(2, "b\n")]);

        var inForce = await new CliRun { Typed = "c\n" }.StartAsync(server, "policy", "diff", "-f", "-");
        var older = await new CliRun { Typed = "c\n" }.StartAsync(server, "policy", "diff", "1", "-f", "-", "-o", "json");

        Assert.Equal("--- version 2\n+++ input\n@@ -1 +1 @@\n-b\n+c\n", inForce.Out);
        Assert.Equal("--- version 1\n+++ input\n@@ -1 +1 @@\n-a\n+c\n", JsonNode.Parse(older.Out)!["diff"]!.GetValue<string>());
    }

    [Fact]
    public async Task Diff_OnlyOneVersion_SaysSo()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.Add(Sample.Policy(1, "a\n"));

        var run = await CliRun.OfAsync(server, "policy", "diff");

        Assert.Equal((3, "Error: There is only one version of the policy; nothing came before it.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Rollback_AsksAndRollsBack()
    {
        await using var server = await FakeServer.StartAsync();
        server.Policies.AddRange([Sample.Policy(1, "a\n"), Sample.Policy(2, "b\n")]);

        var declined = await new CliRun { Typed = "n\n" }.StartAsync(server, "policy", "rollback", "1");
        Assert.Equal((0, "Policy not changed\n"), (declined.ExitCode, declined.Out));
        Assert.Empty(server.Requests.OfType<RollBackPolicyRequest>());
        var nobody = await CliRun.OfAsync(server, "policy", "rollback", "1");
        Assert.Equal(2, nobody.ExitCode);
        var run = await new CliRun { Typed = "y\n" }.StartAsync(server, "policy", "rollback", "1");

        Assert.Equal(
            (0, "Policy rolled back to version 1, which is version 3 now\n",
                "Do you want version 1 of the policy back, accepted 2026-07-01 10:20:30 UTC by root? [y/n] "),
            (run.ExitCode, run.Out, run.Error));
        Assert.Equal(1, server.Single<RollBackPolicyRequest>().Version);
    }

    [Theory]
    [InlineData("Option '--file' is required.", "policy", "set")]
    [InlineData("Option '--file' is required.", "policy", "check")]
    [InlineData("--file names no file.", "policy", "check", "--offline", "-f", "")]
    [InlineData("/ is a directory; name a file in it.", "policy", "check", "--offline", "-f", "/")]
    [InlineData("\"web:80,443\" needs one port between 1 and 65535 behind its last colon, or none.", "policy", "explain", "--from", "a", "--to", "web:80,443")]
    [InlineData("\"x\" is not an id; ids are whole numbers from 1.", "policy", "rollback", "x")]
    [InlineData("Either TO or --file can be given, and not both.", "policy", "diff", "1", "2", "-f", "x")]
    [InlineData("--limit is a number from 0.", "policy", "history", "-n", "-1")]
    [InlineData("Option '--to' is required.", "policy", "explain", "--from", "a")]
    [InlineData("\"web:0\" needs one port between 1 and 65535 behind its last colon, or none.", "policy", "explain", "--from", "a", "--to", "web:0")]
    [InlineData("\"ftp\" is not a protocol; use tcp, udp, icmp or a number from 1 to 255.", "policy", "explain", "--from", "a", "--to", "b", "--proto", "ftp")]
    [InlineData("\"king\" is not a role; roles are member, owner, admin, network-admin, it-admin, billing-admin, auditor.", "users", "set-role", "ada", "king")]
    public async Task BadCall_IsAUsageError(string message, params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"Error: {message}\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n\t\"acls\":\t\"no\"}", 2, 10, "        \"acls\":    \"no\"}", 19)]
    [InlineData("{\"randomizeClientPort\": false,\r\n \"acls\": [],\r\n /* 日本👩 */ \"ssh\": 1}\r\n", 3, 19, "     /* 日本👩 */ \"ssh\": 1}", 25)]
    public async Task Check_Offline_MarksThePlace(string text, int line, int column, string shown, int at)
    {
        var run = await new CliRun { Typed = text }.StartAsync("policy", "check", "--offline", "-f", "-");

        Assert.StartsWith($"Error: input, line {line}, column {column}:\n{shown}\n{new string(' ', at)}^\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfflineVeryLongLine_ShowsWhatIsAroundThePlace()
    {
        var text = $"{{\"acls\": [], \"hosts\": {{{string.Join(", ", Enumerable.Range(0, 500).Select(host => $"\"h{host}\": \"10.0.0.1\""))}}}, \"ssh\": 1, \"tests\": []}}";
        var run = await new CliRun { Typed = text }.StartAsync("policy", "check", "--offline", "-f", "-");

        var lines = run.Error.Split('\n');
        Assert.Equal("1, \"tests\": []}", lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)..]);
        Assert.InRange(lines[1].Length, 100, 124);
    }

    private static PolicyProblem Problem() => new()
    {
        Message = "src=tag not found: \"tag:nö\"",
        Line = 3,
        Column = 8,
        SourceLine = "\t\"src\": [\"tag:nö\"],",
        SourceColumn = 5,
    };
}
