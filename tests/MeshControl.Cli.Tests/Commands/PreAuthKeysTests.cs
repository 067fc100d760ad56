using System.Text.Json.Nodes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class PreAuthKeysTests
{
    [Fact]
    public async Task Create_Defaults_LastAnHour()
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(server, "preauthkeys", "create", "-u", "ada@example.com");

        // Nothing but the key, so that a script can take it as it is.
        Assert.Equal((0, "mckey-auth-abc-secret\n", ""), (run.ExitCode, run.Out, run.Error));
        var request = server.Single<CreatePreAuthKeyRequest>();
        Assert.Equal("ada@example.com", request.User);
        Assert.Equal(TimeSpan.FromHours(1), request.Lifetime.ToTimeSpan());
        Assert.False(request.Reusable || request.Ephemeral || request.Preapproved);
        Assert.Empty(request.Tags);
    }

    [Theory]
    [InlineData("preauthkeys", "create")]
    [InlineData("preauthkey", "c")]
    [InlineData("authkey", "new")]
    [InlineData("pre", "create")]
    public async Task Create_AllFlags_AreSent(string group, string verb)
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(
            server, group, verb, "--reusable", "--ephemeral", "--preapproved", "-e", "1d12h", "--tags", "tag:a,tag:b", "--tags", "tag:c");

        Assert.Equal(0, run.ExitCode);
        var request = server.Single<CreatePreAuthKeyRequest>();
        Assert.True(request.Reusable && request.Ephemeral && request.Preapproved);
        Assert.Equal(TimeSpan.FromHours(36), request.Lifetime.ToTimeSpan());
        Assert.Equal(["tag:a", "tag:b", "tag:c"], request.Tags);
    }

    [Fact]
    public async Task Create_Json_HoldsTheWholeKey()
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(server, "preauthkeys", "create", "-u", "1", "-o", "json");

        var key = JsonNode.Parse(run.Out)!;
        Assert.Equal("mckey-auth-abc-secret", key["key"]!.GetValue<string>());
        Assert.Equal(3, key["id"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("1x")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1h")]
    [InlineData("200y")]
    public async Task Create_BadExpiration_IsAUsageError(string expiration)
    {
        var run = await new CliRun().StartAsync("preauthkeys", "create", "-u", "ada", $"--expiration={expiration}");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("Error: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ServerRefusesTheRequest_IsAUsageError()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.InvalidArgument("A pre-auth key needs a user or tags.");

        var run = await CliRun.OfAsync(server, "preauthkeys", "create");

        Assert.Equal((2, "Error: A pre-auth key needs a user or tags.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task List_Text_ShowsBeginningsOnly()
    {
        await using var server = await FakeServer.StartAsync();
        var tagged = Sample.PreAuthKey(4);
        tagged.Tags.AddRange(["tag:a", "tag:b"]);
        tagged.Used = true;
        tagged.Expiration = null;
        server.PreAuthKeys.AddRange([Sample.PreAuthKey(3), tagged]);

        var run = await CliRun.OfAsync(server, "preauthkeys", "list");

        Assert.Equal(
            """
            ID │ Key/Prefix               │ Reusable │ Ephemeral │ Used  │ Expiration          │ Created             │ Owner
            3  │ mckey-auth-abcdef012345… │ true     │ false     │ false │ 2026-08-01 11:00:00 │ 2026-07-01 10:00:00 │ ada
            4  │ mckey-auth-abcdef012345… │ true     │ false     │ true  │ N/A                 │ 2026-07-01 10:00:00 │ tag:a, tag:b

            """,
            run.Out);
    }

    [Fact]
    public async Task List_OnATerminal_PaintsExpiredKeysRed()
    {
        await using var server = await FakeServer.StartAsync();
        var valid = Sample.PreAuthKey(4);
        valid.Expiration = Sample.Time("2026-08-01T13:00:00Z");
        server.PreAuthKeys.AddRange([Sample.PreAuthKey(3), valid]);

        var run = await new CliRun { TerminalWidth = 200 }.StartAsync(server, "preauthkeys", "ls");

        Assert.Contains("\e[31m2026-08-01 11:00:00\e[0m", run.Out, StringComparison.Ordinal);
        Assert.Contains("\e[32m2026-08-01 13:00:00\e[0m", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_HasNoKey()
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(server, "preauthkeys", "show", "-o", "json");

        Assert.Equal(
            ["user", "id", "prefix", "reusable", "ephemeral", "preapproved", "used", "expiration", "created_at", "acl_tags"],
            JsonNode.Parse(run.Out)![0]!.AsObject().Select(member => member.Key));
    }
}
