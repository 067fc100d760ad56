using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>Expiring and removing pre-auth keys.</summary>
public sealed class PreAuthKeyEndTests
{
    private const string Key = "mckey-auth-abcdef012345-0123456789abcdef";

    [Theory]
    [InlineData("expire", "3")]
    [InlineData("revoke", "mckey-auth-abcdef012345…")]
    [InlineData("exp", "mckey-auth-abcdef012345")]
    [InlineData("e", Key)]
    public async Task Expire_Key_ByIdOrText(string verb, string id)
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(server, "preauthkeys", verb, "-i", id);

        Assert.Equal((0, "Key expired\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(
            id == "3" ? new ExpirePreAuthKeyRequest { Id = 3 } : new ExpirePreAuthKeyRequest { Key = id },
            server.Single<ExpirePreAuthKeyRequest>());
    }

    [Fact]
    public async Task Expire_Json_PrintsTheKey()
    {
        await using var server = await FakeServer.StartAsync();
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        var run = await CliRun.OfAsync(server, "authkey", "expire", "--id", "3", "-o", "json");

        Assert.Equal("2026-08-01T11:00:00Z", JsonNode.Parse(run.Out)!["expiration"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("delete", "3", "3")]
    [InlineData("del", "mckey-auth-abcdef012345", "mckey-auth-abcdef012345")]
    [InlineData("rm", Key, "mckey-auth-abcdef012345…")]
    [InlineData("d", "3", "3")]
    public async Task Delete_Confirmed_DeletesAndShowsNoSecret(string verb, string id, string shown)
    {
        await using var server = await FakeServer.StartAsync();

        var run = await new CliRun { Typed = "y\n" }.StartAsync(server, "pre", verb, "-i", id);

        Assert.Equal(
            (0, "Key deleted\n", $"Do you want to remove the pre-auth key {shown}? [y/n] "), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(
            id == "3" ? new DeletePreAuthKeyRequest { Id = 3 } : new DeletePreAuthKeyRequest { Key = id },
            server.Single<DeletePreAuthKeyRequest>());
    }

    [Fact]
    public async Task Delete_DeclinedOrUnanswered_DoesNothing()
    {
        await using var server = await FakeServer.StartAsync();

        var declined = await new CliRun { Typed = "n\n" }.StartAsync(server, "preauthkeys", "delete", "-i", "3");
        var unanswered = await CliRun.OfAsync(server, "preauthkeys", "delete", "-i", "3");

        Assert.Equal((0, "Key not deleted\n"), (declined.ExitCode, declined.Out));
        Assert.Equal(2, unanswered.ExitCode);
        Assert.Empty(server.Requests);
        Assert.Equal(0, (await CliRun.OfAsync(server, "preauthkeys", "delete", "-i", "3", "--force")).ExitCode);
    }

    [Theory]
    [Trait("Acceptance", "TestPreAuthKeyCommandValidation")]
    [InlineData("Option '--id' is required.", "preauthkeys", "expire")]
    [InlineData("Option '--id' is required.", "preauthkeys", "delete")]
    [InlineData("That is not a pre-auth key: ids are whole numbers from 1, and keys begin with mckey-auth-.", "preauthkeys", "expire", "-i", "0")]
    [InlineData("That is not a pre-auth key: ids are whole numbers from 1, and keys begin with mckey-auth-.", "preauthkeys", "delete", "-i", "tskey-x")]
    public async Task BadCall_IsAUsageError(string message, params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith($"Error: {message}\n", run.Error, StringComparison.Ordinal);
    }
}
