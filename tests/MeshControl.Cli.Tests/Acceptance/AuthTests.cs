using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;
using MeshControl.Testing.Nodes;

namespace MeshControl.Cli.Tests.Acceptance;

/// <summary>The program and a real server, for devices that ask to be let in.</summary>
public sealed class AuthTests
{
    private const string Unknown = "mckey-authreq-00000000000000000000000000000000";

    [Fact]
    public async Task Register_ByUrlAndById_AreNodesOfTheUser()
    {
        await using var server = await StartAsync();
        var first = await server.AskToJoinAsync("desk");
        await server.AskToJoinAsync("phone");

        var pending = await PendingAsync(server);
        Assert.Equal(["desk", "phone"], pending.Select(login => (string)login!["name"]!));
        Assert.Equal(first, "http://127.0.0.1:8080/register/" + (string)pending[0]!["auth_id"]!);
        Assert.Equal(("127.0.0.1", null), ((string)pending[0]!["address"]!, pending[0]!["user"]));
        Assert.Contains((string)pending[1]!["auth_id"]!, await OkAsync(server, "auth", "ls"), StringComparison.Ordinal);

        Assert.Equal("Node desk registered\n", await OkAsync(server, "auth", "register", "--auth-id", first, "--user", "ada"));
        var phone = JsonNode.Parse(await OkAsync(
            server, "auth", "register", "--auth-id", (string)pending[1]!["auth_id"]!, "-u", "ada@example.com", "-o", "json"))!;

        Assert.Equal(("phone", "ada", "REGISTER_METHOD_CLI"), ((string)phone["given_name"]!, (string)phone["user"]!["name"]!, (string)phone["register_method"]!));
        Assert.Empty(await PendingAsync(server));
    }

    [Fact]
    public async Task Approve_DeviceThatIsKnown_IsItsUsersAgain()
    {
        await using var server = await StartAsync();
        var identity = NodeIdentity.Create();
        await OkAsync(server, "auth", "register", "--auth-id", await server.AskToJoinAsync("desk", identity), "--user", "ada");

        var again = await server.AskToJoinAsync("desk", identity.AfterRotation());
        Assert.Equal("ada", (string)(await PendingAsync(server))[0]!["user"]!["name"]!);
        Assert.Equal("Node desk approved\n", await OkAsync(server, "auth", "approve", "--auth-id", again));

        var unknown = await server.RunAsync("auth", "approve", "--auth-id", await server.AskToJoinAsync("phone"));
        Assert.Equal(5, unknown.ExitCode);
        Assert.Contains("meshctl auth register --auth-id ID --user USER", unknown.Error, StringComparison.Ordinal);
        Assert.Single(JsonNode.Parse(await OkAsync(server, "nodes", "list", "-o", "json"))!.AsArray());
    }

    [Fact]
    public async Task Reject_Device_IsNoLongerListed()
    {
        await using var server = await StartAsync();
        var url = await server.AskToJoinAsync("desk");

        Assert.Equal("Login rejected\n", await OkAsync(server, "auth", "reject", "--auth-id", url));

        Assert.Empty(await PendingAsync(server));
        Assert.Equal(3, (await server.RunAsync("auth", "register", "--auth-id", url, "--user", "ada")).ExitCode);
    }

    [Fact]
    public async Task SshCheck_ListedApprovedAndRejected_SaysWhichLoginItIs()
    {
        await using var server = await StartAsync();
        var policy = Path.Combine(server.Home, "policy.hujson");
        await File.WriteAllTextAsync(
            policy,
            """{"ssh": [{"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root", "deploy"]}]}""",
            TestContext.Current.CancellationToken);
        await OkAsync(server, "policy", "set", "-f", policy);
        var key = (await OkAsync(server, "preauthkeys", "create", "--user", "1", "--reusable")).Trim();

        await server.AskForSshAsync("laptop", "server", "root", key);
        await server.AskForSshAsync("desk", "rack", "deploy", key);
        await server.AskToJoinAsync("phone");

        var pending = await PendingAsync(server);
        Assert.Equal(["phone", "laptop", "desk"], pending.Select(request => (string)request!["name"]!));
        Assert.Null(pending[0]!["ssh_check"]);
        Assert.Equal(("ada", "server", "root"), (
            (string)pending[1]!["user"]!["name"]!, (string)pending[1]!["ssh_check"]!["destination_name"]!, (string)pending[1]!["ssh_check"]!["local_user"]!));
        Assert.Contains("deploy@rack", await OkAsync(server, "auth", "list"), StringComparison.Ordinal);
        var (first, second) = ((string)pending[1]!["auth_id"]!, (string)pending[2]!["auth_id"]!);

        var registered = await server.RunAsync("auth", "register", "--auth-id", first, "--user", "ada");
        Assert.Equal(5, registered.ExitCode);
        Assert.Contains("meshctl auth approve --auth-id ID", registered.Error, StringComparison.Ordinal);
        Assert.Equal(
            "SSH from laptop to server as root approved\n", await OkAsync(server, "auth", "approve", "--auth-id", $"http://127.0.0.1:8080/auth/{first}"));
        Assert.Equal("Login rejected\n", await OkAsync(server, "auth", "reject", "--auth-id", second));
        Assert.Equal("phone", (string)Assert.Single(await PendingAsync(server))!["name"]!);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthCommandValidation")]
    public async Task BadCalls_FailWithTheClassOfTheirMistake()
    {
        await using var server = await StartAsync();
        var url = await server.AskToJoinAsync("desk");

        await FailsAsync(2, "not a valid auth id", "register", "--auth-id", "nonsense", "--user", "ada");
        await FailsAsync(3, "There is no user", "register", "--auth-id", url, "--user", "nobody");
        await FailsAsync(2, "--user is empty", "register", "--auth-id", url, "--user", "");
        await FailsAsync(2, "--user", "register", "--auth-id", url);
        foreach (var verb in new[] { "approve", "reject" })
        {
            await FailsAsync(2, "not a valid auth id", verb, "--auth-id", "nonsense");
            await FailsAsync(3, "no pending login with this auth id", verb, "--auth-id", Unknown);
            await FailsAsync(2, "--auth-id", verb);
        }

        Assert.Single(await PendingAsync(server));

        async Task FailsAsync(int status, string sentence, params string[] args)
        {
            var run = await server.RunAsync(["auth", .. args]);
            Assert.Equal((status, ""), (run.ExitCode, run.Out));
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        }
    }

    private static async Task<RealServer> StartAsync()
    {
        var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada", "--email", "ada@example.com");
        return server;
    }

    private static async Task<string> OkAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out;
    }

    private static async Task<JsonArray> PendingAsync(RealServer server) =>
        JsonNode.Parse(await OkAsync(server, "auth", "list", "-o", "json"))!.AsArray();
}
