using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>What the server says of who may reach what, as it is shown.</summary>
public sealed class PolicyAnswersTests
{
    [Fact]
    public async Task Explain_Question_IsSent()
    {
        await using var server = await FakeServer.StartAsync();

        await CliRun.OfAsync(server, "policy", "explain", "--from", "ada@", "--to", "tag:web:443", "--proto", "TCP");

        Assert.Equal(
            new ExplainAccessRequest { Source = "ada@", Destination = "tag:web", Port = 443, Protocol = 6 }, server.Single<ExplainAccessRequest>());
    }

    [Fact]
    public async Task Explain_Allowed_ShowsTheRule()
    {
        await using var server = await FakeServer.StartAsync();
        server.Explanation = new ExplainAccessResponse
        {
            Source = "user ada (2 nodes)",
            Destination = "tag:web (1 node)",
            Verdict = AccessVerdict.Allowed,
            Findings = { Finding() },
            Version = 4,
        };

        var run = await CliRun.OfAsync(server, "policy", "explain", "--from", "ada", "--to", "tag:web:443");

        Assert.Equal(
            """
            user ada (2 nodes) → tag:web (1 node), port 443: allowed
              acls, line 12: {"action": "accept", "src": ["ada@"], "dst": ["tag:web:443"]}
                allows port 443
              It is online.

            """,
            run.Out);
    }

    [Fact]
    public async Task Explain_Partly_ShowsEachFindingAndTheMissingRule()
    {
        await using var server = await FakeServer.StartAsync();
        server.Explanation = new ExplainAccessResponse
        {
            Source = "ada",
            Destination = "tag:web",
            Verdict = AccessVerdict.Partly,
            Findings = { Finding(), new AccessFinding { Sources = "phone", Destinations = "web-1" } },
            MoreFindings = 7,
            SuggestedSection = "acls",
            SuggestedRule = "{\"action\": \"accept\"}",
        };

        var run = await CliRun.OfAsync(server, "policy", "why", "--from", "ada", "--to", "tag:web");
        var json = await CliRun.OfAsync(server, "policy", "explain", "--from", "ada", "--to", "tag:web", "-o", "json");

        Assert.Equal(
            """
            ada → tag:web, anything: allowed in part

            laptop → web-1, web-2: allowed
              acls, line 12: {"action": "accept", "src": ["ada@"], "dst": ["tag:web:443"]}
                allows port 443
              It is online.

            phone → web-1: not allowed

            and 7 more combinations

            This rule in acls would allow it:
              {"action": "accept"}

            """,
            run.Out);
        var answer = JsonNode.Parse(json.Out)!;
        Assert.Equal("partly", answer["verdict"]!.GetValue<string>());
        Assert.Equal(12, answer["findings"]![0]!["rules"]![0]!["line"]!.GetValue<int>());
        Assert.Null(answer["policy_version"]);
    }

    [Fact]
    public async Task Preview_ShowsGainsAndLosses()
    {
        await using var server = await FakeServer.StartAsync();
        server.Preview = new PreviewPolicyResponse
        {
            Changes =
            {
                new PolicyChange { Kind = PolicyChangeKind.Access, Gained = true, Sources = "ada", Destinations = "tag:web", What = "tcp 22" },
                new PolicyChange { Kind = PolicyChangeKind.Attribute, Sources = "every node", What = "funnel" },
            },
            MoreChanges = 3,
            UpdatedNodes = 7,
            TotalNodes = 20,
        };

        var run = await new CliRun { Typed = "{}" }.StartAsync(server, "policy", "preview", "-f", "-");
        var colour = await new CliRun { Typed = "{}", TerminalWidth = 80 }.StartAsync(server, "policy", "preview", "-f", "-");

        Assert.Equal(
            (0, """
                + access    ada → tag:web: tcp 22
                - attribute every node: funnel
                and 3 more
                7 of 20 nodes would be told of something.

                """),
            (run.ExitCode, run.Out));
        Assert.StartsWith("\e[32m+ access    ada → tag:web: tcp 22\e[0m\n\e[31m- attribute", colour.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_OfAWrongText_SaysWhatIsWrong()
    {
        await using var server = await FakeServer.StartAsync();
        server.Preview = new PreviewPolicyResponse { Problem = new PolicyProblem { Message = "test(s) failed" } };

        var run = await new CliRun { Typed = "{}" }.StartAsync(server, "policy", "preview", "-f", "-");

        Assert.Equal((2, "", "Error: input: test(s) failed\n"), (run.ExitCode, run.Out, run.Error));
    }

    private static AccessFinding Finding() => new()
    {
        Sources = "laptop",
        Destinations = "web-1, web-2",
        Verdict = AccessVerdict.Allowed,
        Rules =
        {
            new PolicyRuleReference
            {
                Section = "acls",
                Line = 12,
                Text = "{\"action\": \"accept\", \"src\": [\"ada@\"], \"dst\": [\"tag:web:443\"]}",
                Allows = "port 443",
            },
        },
        Notes = { "It is online." },
    };
}
