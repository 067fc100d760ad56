using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Logins that wait for an administrator, by the clients' own SSH server and the system's SSH client.</summary>
public sealed class SshCheckTests
{
    private const string Rejected = "An administrator rejected this connection.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Acceptance", "TestSSHOneUserToOneCheckModeCLI")]
    [Trait("Acceptance", "TestSSHCheckModeAutoApprove")]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task LogIn_WithACheck_WaitsForTheApprovalAndIsNotAskedAgain(DatabaseKind database)
    {
        await using var network = await StartAsync(database);
        foreach (var (from, to) in Pairs(network))
        {
            var waiting = LogInAsync(from, to);
            var check = await PendingAsync(network, from, to);

            await network.Meshctl.RunAsync(Token, "auth", "approve", "--auth-id", check.AuthId);

            var first = (await waiting).OrThrow();
            Assert.Equal("root", first.Output.Trim());
            Assert.Contains($"{network.Url}auth/{check.AuthId}", first.Error, StringComparison.Ordinal);
            Assert.Contains($"meshctl auth approve --auth-id {check.AuthId}", first.Error, StringComparison.Ordinal);
            await IsLetInAsync(from, to);
        }

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        foreach (var (from, to) in Pairs(network))
        {
            await IsLetInAsync(from, to);
        }

        Assert.Empty(await network.Meshctl.ListLoginsAsync(Token));
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckModeNegativeCLI")]
    public async Task Reject_WhoWaits_IsRefusedWithOurSentence()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite);
        foreach (var (from, to) in Pairs(network))
        {
            var waiting = LogInAsync(from, to);
            var check = await PendingAsync(network, from, to);

            await network.Meshctl.RunAsync(Token, "auth", "reject", "--auth-id", check.AuthId);

            var result = await waiting;
            Assert.False(result.Succeeded);
            Assert.Empty(result.Output);
            Assert.Contains(Rejected, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckModeSessionLossReDelegates")]
    public async Task Restart_WhileSomebodyWaits_TheSameIdIsStillGood()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite);
        var waiting = new List<(Task<CommandResult> LogIn, LoginRow Check)>();
        foreach (var (from, to) in Pairs(network))
        {
            waiting.Add((LogInAsync(from, to), await PendingAsync(network, from, to)));
        }

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        foreach (var (logIn, check) in waiting)
        {
            await network.Meshctl.RunAsync(Token, "auth", "approve", "--auth-id", check.AuthId);
            Assert.Equal("root", (await logIn).OrThrow().Output.Trim());
        }
    }

    [Fact]
    [Trait("Acceptance", "TestSSHCheckModeCheckPeriodCLI")]
    public async Task LogIn_AfterThePeriod_NeedsAnotherApproval()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite, ", \"checkPeriod\": \"1ms\"");
        var (from, to) = Pairs(network)[0];
        var ids = new HashSet<string>();
        for (var time = 1; time <= 2; time++)
        {
            var waiting = LogInAsync(from, to);
            var check = await PendingAsync(network, from, to);
            await network.Meshctl.RunAsync(Token, "auth", "approve", "--auth-id", check.AuthId);
            (await waiting).OrThrow();
            ids.Add(check.AuthId);
        }

        Assert.Equal(2, ids.Count);
    }

    /// <summary>One client of each version, which all serve SSH, and a policy by which they log in to each other as root after a check.</summary>
    /// <param name="database">The server's.</param>
    /// <param name="rule">More members of the rule.</param>
    private static async Task<MeshNetwork> StartAsync(DatabaseKind database, string rule = "")
    {
        var network = await MeshNetwork.StartAsync(database, ClientPrograms.SupportedVersions);
        await network.JoinAllAsync();
        foreach (var client in network.Clients)
        {
            (await client.RunAsync(Token, "set", "--ssh")).OrThrow();
        }

        var policy = Path.Combine(network.Clients[0].Files, "policy.hujson");
        await File.WriteAllTextAsync(
            policy,
            $$"""
            {
              "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
              "ssh": [
                {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]{{rule}}},
                {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["postgres"]},
              ],
            }
            """,
            Token);
        await network.Meshctl.RunAsync(Token, "policy", "set", "-f", policy);

        // The rule that accepts asks nobody; and who has it has the other one.
        foreach (var (from, to) in Pairs(network))
        {
            await Eventually.GetAsync(
                $"{to.Name} to let {from.Name} in without a check",
                token => from.RunAsync(token, "ssh", $"postgres@{to.Name}", "id", "-un"),
                result => result.Succeeded && result.Output.Trim() == "postgres");
        }

        Assert.Empty(await network.Meshctl.ListLoginsAsync(Token));
        return network;
    }

    /// <summary>Each version is asked to let somebody in, and to log in, once.</summary>
    private static (RealClient From, RealClient To)[] Pairs(MeshNetwork network) =>
        [.. network.Clients.Select((to, index) => (network.Clients[(index + 1) % network.Clients.Count], to))];

    private static Task<CommandResult> LogInAsync(RealClient from, RealClient to) =>
        from.RunAsync(Token, "ssh", $"root@{to.Name}", "id", "-un");

    private static async Task IsLetInAsync(RealClient from, RealClient to)
    {
        var result = (await LogInAsync(from, to)).OrThrow();
        Assert.Equal("root", result.Output.Trim());
        Assert.DoesNotContain("auth", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Waits until the server has a login that nobody has decided, as the list shows it.</summary>
    private static async Task<LoginRow> PendingAsync(MeshNetwork network, RealClient from, RealClient to)
    {
        var rows = await Eventually.GetAsync(
            $"{to.Name} to ask whether to let {from.Name} in",
            network.Meshctl.ListLoginsAsync,
            rows => rows.Any(row => row.SshCheck?.Destination == to.Name));
        var row = rows.Single(row => row.SshCheck?.Destination == to.Name);
        Assert.Equal((from.Name, MeshNetwork.User, "root"), (row.Hostname, row.User?.Name, row.SshCheck!.User));
        return row;
    }
}
