using System.Text.Json.Nodes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>Renaming and removing users.</summary>
public sealed class UserChangesTests
{
    [Theory]
    [InlineData("7", "users", "rename", "-i", "7")]
    [InlineData("ada", "user", "mv", "--name", "ada")]
    [InlineData("ada@example.com", "users", "rename", "-n", "ada@example.com")]
    [InlineData("ada", "users", "rename", "ada")]
    public async Task Rename_User_IsNamedInEachWay(string selector, params string[] args)
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, selector == "7" ? "ada" : selector));

        var run = await CliRun.OfAsync(server, [.. args, "-r", "lovelace"]);

        Assert.Equal((0, "User renamed\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(new RenameUserRequest { User = selector, NewName = "lovelace" }, server.Single<RenameUserRequest>());
    }

    [Fact]
    public async Task Rename_Json_PrintsTheUser()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));

        var run = await CliRun.OfAsync(server, "users", "rename", "ada", "--new-name", "lovelace", "-o", "json");

        Assert.Equal("lovelace", JsonNode.Parse(run.Out)!["name"]!.GetValue<string>());
    }

    [Theory]
    [Trait("Acceptance", "TestUserCommandValidation")]
    [InlineData("Option '--new-name' is required.", "users", "rename", "-n", "ada")]
    [InlineData("Say which user: --name or --identifier is required.", "users", "rename", "-r", "x")]
    [InlineData("Say which user: --name or --identifier is required.", "users", "destroy")]
    [InlineData("Say only once which user: by --name, by --identifier, or without either.", "users", "destroy", "ada", "-i", "7")]
    [InlineData("Say only once which user: by --name, by --identifier, or without either.", "users", "rename", "-r", "x", "-n", "a", "-i", "7")]
    [InlineData("Required argument missing for command: 'create'.", "users", "create")]
    public async Task BadCall_IsAUsageError(string message, params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"Error: {message}\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetRole_IsSentAndShown()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));

        var run = await CliRun.OfAsync(server, "users", "set-role", "ada", "network-admin");
        var json = await CliRun.OfAsync(server, "users", "role", "7", "owner", "-o", "json");

        Assert.Equal((0, "Role set\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(
            [new SetUserRoleRequest { User = "ada", Role = UserRole.NetworkAdmin }, new SetUserRoleRequest { User = "7", Role = UserRole.Owner }],
            server.Requests);
        Assert.Equal("owner", JsonNode.Parse(json.Out)!["role"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("-i", "7")]
    [InlineData("-n", "ada")]
    [InlineData("ada")]
    public async Task Destroy_Confirmed_RemovesTheUserThatWasShown(params string[] selector)
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));

        var run = await new CliRun { Typed = "y\n" }.StartAsync(server, ["users", "destroy", .. selector]);

        Assert.Equal(
            (0, "User destroyed\n", "Do you want to remove the user ada and all pre-auth keys of this user? [y/n] "),
            (run.ExitCode, run.Out, run.Error));
        Assert.Equal("7", server.Single<DeleteUserRequest>().User);
    }

    [Fact]
    public async Task Destroy_Declined_DoesNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));

        var run = await new CliRun { Typed = "n\n" }.StartAsync(server, "users", "delete", "ada");

        Assert.Equal((0, "User not destroyed\n"), (run.ExitCode, run.Out));
        Assert.Empty(server.Requests.OfType<DeleteUserRequest>());
    }

    [Fact]
    public async Task Destroy_NobodyThere_FailsUnlessForced()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));

        Assert.Equal(2, (await CliRun.OfAsync(server, "users", "destroy", "ada")).ExitCode);
        Assert.Empty(server.Requests.OfType<DeleteUserRequest>());
        Assert.Equal(
            """{"result":"User destroyed"}""" + "\n",
            (await CliRun.OfAsync(server, "users", "destroy", "ada", "--force", "-o", "json-line")).Out);
    }

    [Fact]
    public async Task Destroy_StillOwnsNodes_HasItsExitCode()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = new RpcStatus(RpcStatusCode.FailedPrecondition, "The user still owns a node.");

        var run = await CliRun.OfAsync(server, "users", "destroy", "ada", "--force");

        Assert.Equal((5, "Error: The user still owns a node.\n"), (run.ExitCode, run.Error));
    }
}
