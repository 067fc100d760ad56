using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Acceptance;

/// <summary>The program and a real server, for policies.</summary>
public sealed class PolicyTests
{
    private const string Good =
        """
        {
          "groups": {"group:staff": ["ada@example.com"]},
          "tagOwners": {"tag:web": ["group:staff"]},
          // the web servers
          "acls": [{"action": "accept", "src": ["group:staff"], "dst": ["tag:web:443"]}],
          "tests": [{"src": "ada@example.com", "accept": ["tag:web:443"], "deny": ["tag:web:22"]}],
        }
        """;

    [Fact]
    [Trait("Acceptance", "TestPolicyCommand")]
    public async Task SetAndGet_FromTheFirstToTheLast()
    {
        await using var server = await StartAsync();
        Assert.Equal(3, (await server.RunAsync("policy", "get")).ExitCode);

        Assert.Equal("Policy updated, version 1\n", await OkAsync(server, "policy", "set", "--file", await WriteAsync(server, Good)));
        Assert.Equal(Good, await OkAsync(server, "policy", "get"));

        var other = Good.Replace("443", "8443", StringComparison.Ordinal);
        await OkAsync(server, "policy", "set", "-f", await WriteAsync(server, other));
        Assert.Contains("\n-  \"acls\": ", await OkAsync(server, "policy", "diff"), StringComparison.Ordinal);
        await OkAsync(server, "policy", "rollback", "1", "--force");
        Assert.Equal(Good, await OkAsync(server, "policy", "get"));
        Assert.Equal(other, await OkAsync(server, "policy", "get", "--version", "2"));
        Assert.Equal(4, (await OkAsync(server, "policy", "history")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    [Trait("Acceptance", "TestPolicyBrokenConfigCommand")]
    public async Task Set_UnknownAction_IsRefusedAndNothingIsStored()
    {
        await using var server = await StartAsync();
        var path = await WriteAsync(server, Good.Replace("accept\",", "unknown-action\",", StringComparison.Ordinal));

        var run = await server.RunAsync("policy", "set", "-f", path);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"Error: {path}, line 5, column ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("^\naction=\"unknown-action\" is not supported\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await server.RunAsync("policy", "get")).ExitCode);
    }

    [Theory]
    [Trait("Acceptance", "TestPolicyCheckCommand")]
    [InlineData("{\"acls\": []}", true)]
    [InlineData(Good, true)]
    [InlineData("{\"tagOwners\": {\"tag:web\": []}, \"acls\": [], \"tests\": [{\"src\": \"ada@example.com\", \"accept\": [\"tag:web:443\"]}]}", false)]
    public async Task Check_SaysWhatSetWould(string text, bool isValid)
    {
        await using var server = await StartAsync();
        var path = await WriteAsync(server, text);

        var run = await server.RunAsync("policy", "check", "-f", path);
        var preview = await server.RunAsync("policy", "preview", "-f", path);

        Assert.Equal(isValid ? (0, "Policy is valid\n") : (2, ""), (run.ExitCode, run.Out));
        Assert.Equal(run.ExitCode, preview.ExitCode);
        if (!isValid)
        {
            Assert.StartsWith($"Error: {path}: test(s) failed\n  - tests[0] (line 1): ", run.Error, StringComparison.Ordinal);
            Assert.Equal(run.Error, preview.Error);
        }

        Assert.Equal(3, (await server.RunAsync("policy", "get")).ExitCode);
    }

    [Fact]
    [Trait("Acceptance", "TestSSHTestsRejectFailingPolicy")]
    public async Task Set_FailingSshTests_LeaveThePolicyInForce()
    {
        await using var server = await StartAsync();
        await OkAsync(server, "policy", "set", "-f", await WriteAsync(server, Good));
        var failing = Good.Replace(
            "\"tests\"",
            "\"sshTests\": [{\"src\": \"ada@example.com\", \"dst\": [\"tag:web\"], \"accept\": [\"root\"]}], \"tests\"",
            StringComparison.Ordinal);

        var run = await server.RunAsync("policy", "set", "-f", await WriteAsync(server, failing));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("test(s) failed\n  - sshTests[0] (line 6): ", run.Error, StringComparison.Ordinal);
        Assert.Equal(Good, await OkAsync(server, "policy", "get"));
    }

    [Fact]
    public async Task Explain_OfRealNodes_NamesTheRule()
    {
        await using var server = await StartAsync();
        await OkAsync(server, "policy", "set", "-f", await WriteAsync(server, Good));

        Assert.Equal(
            """
            ada-1 (node 1) → tag:web (1 node), port 443: allowed
              acls, line 5: {"action": "accept", "src": ["group:staff"], "dst": ["tag:web:443"]}
                allows port 443

            """,
            await OkAsync(server, "policy", "explain", "--from", "ada-1", "--to", "tag:web:443"));
        Assert.Equal(3, (await server.RunAsync("policy", "explain", "--from", "nobody", "--to", "tag:web")).ExitCode);
    }

    /// <summary>With a machine of Ada's and one with the tag.</summary>
    private static async Task<RealServer> StartAsync()
    {
        var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada", "-e", "ada@example.com");
        await server.JoinNodeAsync("ada-1", (await OkAsync(server, "preauthkeys", "create", "-u", "ada")).Trim());
        await server.JoinNodeAsync("web-1", (await OkAsync(server, "preauthkeys", "create", "--tags", "tag:web")).Trim());
        return server;
    }

    private static async Task<string> WriteAsync(RealServer server, string text)
    {
        var path = Path.Combine(server.Home, "policy.hujson");
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private static async Task<string> OkAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out;
    }
}
