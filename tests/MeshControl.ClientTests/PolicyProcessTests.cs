using System.Globalization;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Policies and the published program: what was acknowledged outlives it, and what is wrong with a file it says.</summary>
public sealed class PolicyProcessTests
{
    private const int HangUp = 1;

    private const int Rounds = 5;

    /// <summary>The second line is wrong.</summary>
    private const string Wrong = "{\n  \"acls\": [{\"action\": \"accept\", \"src\": [\"nobody\"], \"dst\": [\"*:*\"]}],\n}\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Kill_AfterAPolicyWasSet_ItIsInForceAtTheNextStart(DatabaseKind database)
    {
        await using var site = await CreateSiteAsync(database);
        await using var server = await StartAsync(site);
        var meshctl = new Meshctl(site);
        for (var round = 1; round <= Rounds; round++)
        {
            var text = $"{{\"acls\": []}} // round {round.ToString(CultureInfo.InvariantCulture)}\n";
            await File.WriteAllTextAsync(PolicyFile(site), text, Token);
            await meshctl.RunAsync(Token, "policy", "set", "-f", PolicyFile(site));

            await server.KillAsync();
            await server.StartAsync();

            Assert.Equal(text, (await meshctl.RunAsync(Token, "policy", "get")).Output);
        }
    }

    [Fact]
    public async Task HangUp_PolicyFileChanged_IsTakenOverOrNamedWithLineAndColumn()
    {
        const string Good = "{\"acls\": []}\n";
        await using var site = await CreateSiteAsync(DatabaseKind.Sqlite);
        await File.AppendAllTextAsync(site.ConfigFile, "\npolicy:\n  path: acl.hujson\n", Token);
        await File.WriteAllTextAsync(PolicyFile(site), Good, Token);
        await using var server = await StartAsync(site);
        var meshctl = new Meshctl(site);
        Assert.Equal(Good, (await meshctl.RunAsync(Token, "policy", "get")).Output);

        await File.WriteAllTextAsync(PolicyFile(site), "{}\n", Token);
        server.Signal(HangUp);
        await UntilLoggedAsync(server, "Version 2 of the policy is in force");

        await File.WriteAllTextAsync(PolicyFile(site), Wrong, Token);
        server.Signal(HangUp);
        await UntilLoggedAsync(server, "line 2, column ");
        Assert.Equal("{}\n", (await meshctl.RunAsync(Token, "policy", "get")).Output);
        await Assert.ThrowsAsync<CommandFailedException>(() => meshctl.RunAsync(Token, "policy", "set", "-f", PolicyFile(site)));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Start_WrongPolicyFile_EndsWithOneLineThatSaysWhere()
    {
        await using var site = await CreateSiteAsync(DatabaseKind.Sqlite);
        await File.AppendAllTextAsync(site.ConfigFile, "\npolicy:\n  path: acl.hujson\n", Token);
        await File.WriteAllTextAsync(PolicyFile(site), Wrong, Token);

        var run = await new CommandLine(await ServerBinary.GetAsync(), "serve", "-c", site.ConfigFile).RunAsync(Token);
        var check = await new CommandLine(await ServerBinary.GetAsync(), "configtest", "-c", site.ConfigFile).RunAsync(Token);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{PolicyFile(site)} (policy.path) cannot be used", Assert.Single(run.Error.Split('\n'), IsError), StringComparison.Ordinal);
        Assert.Contains("line 2, column ", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("line 2, column ", Assert.Single(check.Error.Split('\n'), IsError), StringComparison.Ordinal);

        static bool IsError(string line) => line.StartsWith("Error: ", StringComparison.Ordinal);
    }

    private static Task<ServerSite> CreateSiteAsync(DatabaseKind database) => ServerSite.CreateAsync(
        database, new Uri($"http://127.0.0.1:{FreePort.Find().ToString(CultureInfo.InvariantCulture)}"), Token);

    private static Task<ServerProcess> StartAsync(ServerSite site) => ServerProcess.StartAsync(site, command => command, new HttpClient());

    private static string PolicyFile(ServerSite site) => Path.Combine(Path.GetDirectoryName(site.ConfigFile)!, "acl.hujson");

    private static Task UntilLoggedAsync(ServerProcess server, string text) =>
        Eventually.HoldsAsync($"the log to say '{text}'", _ => Task.FromResult(server.Log.Contains(text, StringComparison.Ordinal)));
}
