using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Acceptance;

/// <summary>The program and a real server, for users and their keys.</summary>
public sealed class UserAndKeyTests
{
    [Fact]
    [Trait("Acceptance", "TestUserCommand")]
    public async Task Users_FromTheFirstToTheLast()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "user1");
        await OkAsync(server, "users", "create", "user2");
        Assert.Equal(["user1", "user2"], await NamesAsync(server));

        await OkAsync(server, "users", "rename", "-i", "2", "--new-name", "newname");

        Assert.Equal(["user1", "newname"], await NamesAsync(server));
        Assert.Equal(["newname"], await NamesAsync(server, "--name", "newname"));
        Assert.Equal(["user1"], await NamesAsync(server, "-i", "1"));
        Assert.Empty(await NamesAsync(server, "--name", "nobody"));

        Assert.Equal("User destroyed\n", await OkAsync(server, "users", "destroy", "--force", "-i", "1"));
        Assert.Equal("User destroyed\n", await OkAsync(server, "users", "destroy", "--force", "--name", "newname"));
        Assert.Empty(await NamesAsync(server));
    }

    [Fact]
    [Trait("Acceptance", "TestUserCreateCommand")]
    public async Task Create_EveryField_IsReturnedAndFoundByEmail()
    {
        await using var server = await RealServer.StartAsync();

        var created = JsonNode.Parse(await OkAsync(
            server, "users", "create", "ada", "-d", "Ada L.", "-e", "ada@example.com", "-p", "https://example.com/a.png", "-o", "json"))!;
        var found = JsonNode.Parse(await OkAsync(server, "users", "list", "--email", "ada@example.com", "-o", "json"))!.AsArray();

        Assert.Equal(
            ("ada", "Ada L.", "ada@example.com", "https://example.com/a.png"),
            ((string?)created["name"], (string?)created["display_name"], (string?)created["email"], (string?)created["profile_pic_url"]));
        Assert.Equal(created.ToJsonString(), Assert.Single(found)!.ToJsonString());
    }

    [Fact]
    [Trait("Acceptance", "TestUserCommandValidation")]
    public async Task WrongCalls_FailWithTheClassOfTheirMistake()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");

        Assert.Equal(4, (await server.RunAsync("users", "create", "ada")).ExitCode);
        Assert.Equal(4, (await server.RunAsync("users", "create", "ADA")).ExitCode);
        Assert.Equal(3, (await server.RunAsync("users", "destroy", "-n", "nobody", "--force")).ExitCode);
        Assert.Equal(3, (await server.RunAsync("users", "rename", "-i", "9", "-r", "grace")).ExitCode);
        Assert.Equal(2, (await server.RunAsync("users", "rename", "ada", "-r", "1x")).ExitCode);
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyCommand")]
    public async Task Keys_ExpireOne_LeavesTheOthers()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");
        await OkAsync(server, "preauthkeys", "create", "-u", "ada");
        for (var count = 0; count < 3; count++)
        {
            await OkAsync(server, "preauthkeys", "create", "-u", "ada", "--reusable", "-e", "24h", "--tags", "tag:test1,tag:test2");
        }

        var before = await KeysAsync(server);
        Assert.Equal("Key expired\n", await OkAsync(server, "preauthkeys", "expire", "-i", $"{before[1]!["id"]}"));
        var after = await KeysAsync(server);

        Assert.Equal((4, 4), (before.Count, after.Count));
        Assert.All(before.Skip(1), key => Assert.Equal(["tag:test1", "tag:test2"], key!["acl_tags"]!.AsArray().Select(tag => (string?)tag)));
        Assert.True((DateTimeOffset)after[1]!["expiration"]! <= TimeProvider.System.GetUtcNow());
        Assert.Equal(
            before.Where((_, index) => index != 1).Select(key => key!.ToJsonString()),
            after.Where((_, index) => index != 1).Select(key => key!.ToJsonString()));
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyCommandWithoutExpiry")]
    public async Task Key_WithoutExpiration_LastsAnHour()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");
        await OkAsync(server, "preauthkeys", "create", "-u", "ada", "--reusable");

        var expiration = (DateTimeOffset)Assert.Single(await KeysAsync(server))!["expiration"]!;

        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(expiration, now, now.AddMinutes(70));
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyCommandReusableEphemeral")]
    public async Task Key_Flags_AreThoseThatWereAskedFor()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");
        await OkAsync(server, "preauthkeys", "create", "-u", "ada");
        await OkAsync(server, "preauthkeys", "create", "-u", "ada", "--reusable");
        await OkAsync(server, "preauthkeys", "create", "-u", "ada", "--ephemeral");

        var keys = await KeysAsync(server);

        Assert.Equal(
            [(false, false), (true, false), (false, true)], keys.Select(key => ((bool)key!["reusable"]!, (bool)key["ephemeral"]!)));
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyDeleteCommand")]
    public async Task Key_Deleted_IsNoLongerListed()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");
        var key = (await OkAsync(server, "preauthkeys", "create", "-u", "ada")).Trim();

        Assert.StartsWith("Error: Option '--id' is required.", (await server.RunAsync("preauthkeys", "delete")).Error, StringComparison.Ordinal);
        Assert.Equal("Key deleted\n", await OkAsync(server, "preauthkeys", "delete", "-i", key, "--force"));

        Assert.Empty(await KeysAsync(server));
        Assert.Equal(3, (await server.RunAsync("preauthkeys", "delete", "-i", key, "--force")).ExitCode);
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyCommandValidation")]
    public async Task Key_WrongCalls_FailWithTheClassOfTheirMistake()
    {
        await using var server = await RealServer.StartAsync();
        await OkAsync(server, "users", "create", "ada");

        Assert.Equal(2, (await server.RunAsync("preauthkeys", "create", "-u", "ada", "--tags", "badtag")).ExitCode);
        Assert.Equal(3, (await server.RunAsync("preauthkeys", "create", "-u", "nobody")).ExitCode);
        Assert.Equal(3, (await server.RunAsync("preauthkeys", "expire", "-i", "99")).ExitCode);
    }

    [Fact]
    [Trait("Acceptance", "TestServerInfoCommands")]
    public async Task HealthAndVersion_OfARealServer()
    {
        await using var server = await RealServer.StartAsync();

        Assert.True((bool)JsonNode.Parse(await OkAsync(server, "health", "-o", "json"))!["database_connectivity"]!);
        var version = JsonNode.Parse(await OkAsync(server, "version", "--server", "-o", "json"))!["server"]!;
        Assert.NotEqual("", (string?)version["version"]);
        Assert.NotEqual("", (string?)version["runtime"]);
    }

    private static async Task<string> OkAsync(RealServer server, params string[] args)
    {
        var run = await server.RunAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out;
    }

    private static async Task<IEnumerable<string>> NamesAsync(RealServer server, params string[] filter) =>
        JsonNode.Parse(await OkAsync(server, ["users", "list", .. filter, "-o", "json"]))!.AsArray().Select(user => (string)user!["name"]!);

    private static async Task<JsonArray> KeysAsync(RealServer server) =>
        JsonNode.Parse(await OkAsync(server, "preauthkeys", "list", "-o", "json"))!.AsArray();
}
