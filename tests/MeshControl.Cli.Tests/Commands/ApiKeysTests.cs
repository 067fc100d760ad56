using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class ApiKeysTests
{
    [Fact]
    public async Task Create_Defaults_LastNinetyDays()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, "apikeys", "create");

        // Nothing but the key, so that a script can take it as it is.
        Assert.Equal((0, "mckey-api-abc-secret\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(TimeSpan.FromDays(90), server.Single<CreateApiKeyRequest>().Lifetime.ToTimeSpan());
    }

    [Theory]
    [InlineData("apikeys", "create")]
    [InlineData("apikey", "c")]
    [InlineData("api", "new")]
    public async Task Create_Expiration_IsSent(string group, string verb)
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, group, verb, "-e", "1d12h", "-o", "json");

        Assert.Equal(TimeSpan.FromHours(36), server.Single<CreateApiKeyRequest>().Lifetime.ToTimeSpan());
        Assert.Equal(
            ["id", "key", "prefix", "expiration", "created_at"], JsonNode.Parse(run.Out)!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task List_Text_ShowsBeginningsOnly()
    {
        await using var server = await FakeServer.StartAsync();
        server.ApiKeys.Add(Sample.ApiKey(3));

        var run = await CliRun.OfAsync(server, "apikeys", "list");

        Assert.Equal(
            """
            ID │ Prefix                  │ Expiration          │ Created
            3  │ mckey-api-abcdef012345… │ 2026-08-01 11:00:00 │ 2026-07-01 10:00:00

            """,
            run.Out);
    }

    [Theory]
    [InlineData("expire", "Key expired")]
    [InlineData("revoke", "Key expired")]
    [InlineData("exp", "Key expired")]
    [InlineData("e", "Key expired")]
    [InlineData("delete", "Key deleted")]
    [InlineData("remove", "Key deleted")]
    [InlineData("del", "Key deleted")]
    public async Task ExpireAndDelete_ByIdOrPrefix_SayWhatWasDone(string verb, string done)
    {
        await using var server = await FakeServer.StartAsync();

        var byId = await CliRun.OfAsync(server, "apikeys", verb, "-i", "3");
        var byPrefix = await CliRun.OfAsync(server, "apikeys", verb, "-p", "mckey-api-abcdef012345", "-o", "json-line");

        Assert.Equal((0, done + "\n"), (byId.ExitCode, byId.Out));
        Assert.Equal((0, $$"""{"result":"{{done}}"}""" + "\n"), (byPrefix.ExitCode, byPrefix.Out));
    }

    [Theory]
    [Trait("Acceptance", "TestApiKeyCommandValidation")]
    [InlineData("either --id or --prefix must be provided", "expire")]
    [InlineData("either --id or --prefix must be provided", "delete")]
    [InlineData("either --id or --prefix must be provided", "delete", "--prefix", "")]
    [InlineData("only one of --id or --prefix can be provided", "expire", "--id", "1", "--prefix", "x")]
    [InlineData("only one of --id or --prefix can be provided", "delete", "-i", "1", "-p", "x")]
    [InlineData("\"0\" is not an id", "expire", "--id", "0")]
    [InlineData("\"x\" is not an id", "delete", "--id", "x")]
    [InlineData("\"soon\" is not a duration", "create", "--expiration", "soon")]
    public async Task Usage_BadCalls_SaySo(string expected, params string[] args)
    {
        var run = await new CliRun().StartAsync(["apikeys", .. args]);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("Error: " + expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "TestApiKeyCommandValidation")]
    public async Task ExpireAndDelete_UnknownKey_AreNotFound()
    {
        await using var server = await RealServer.StartAsync();

        foreach (var verb in new[] { "expire", "delete" })
        {
            Assert.Equal(3, (await server.RunAsync("apikeys", verb, "--id", "99")).ExitCode);
            var run = await server.RunAsync("apikeys", verb, "--prefix", "nobody");
            Assert.Equal(
                (3, "Error: There is no API key with the prefix mckey-api-nobody; `meshctl apikeys list` shows them.\n"),
                (run.ExitCode, run.Error));
        }
    }

    [Fact]
    [Trait("Acceptance", "TestApiKeyCommand")]
    public async Task LifeOfKeys_FromCreationToDeletion()
    {
        await using var server = await RealServer.StartAsync();
        var texts = new List<string>();
        for (var count = 0; count < 5; count++)
        {
            texts.Add((await server.RunAsync("apikeys", "create", "--expiration", "24h")).Out.TrimEnd());
        }

        var keys = await ListAsync(server);
        Assert.Equal([1, 2, 3, 4, 5], keys.Select(key => key.Id));
        Assert.All(texts.Zip(keys), pair => Assert.StartsWith(pair.Second.Prefix + "-", pair.First, StringComparison.Ordinal));
        Assert.Equal(5, texts.Distinct().Count());
        var now = TimeProvider.System.GetUtcNow();
        Assert.All(keys, key => Assert.InRange(key.Expiration, now.AddHours(23), now.AddHours(26)));

        foreach (var key in keys.Take(3))
        {
            Assert.Equal(0, (await server.RunAsync("apikeys", "expire", "--prefix", key.Prefix)).ExitCode);
        }

        var after = TimeProvider.System.GetUtcNow();
        Assert.Equal([true, true, true, false, false], (await ListAsync(server)).Select(key => key.Expiration <= after));

        Assert.Equal(0, (await server.RunAsync("apikeys", "delete", "--prefix", keys[0].Prefix)).ExitCode);
        Assert.Equal([2, 3, 4, 5], (await ListAsync(server)).Select(key => key.Id));
        Assert.Equal(0, (await server.RunAsync("apikeys", "expire", "--id", "4")).ExitCode);
        Assert.Equal(0, (await server.RunAsync("apikeys", "delete", "--id", "5")).ExitCode);
        Assert.Equal([2, 3, 4], (await ListAsync(server)).Select(key => key.Id));
    }

    private static async Task<List<(long Id, string Prefix, DateTimeOffset Expiration)>> ListAsync(RealServer server)
    {
        var run = await server.RunAsync("apikeys", "list", "-o", "json");
        return
        [
            .. JsonNode.Parse(run.Out)!.AsArray().Select(key => (
                key!["id"]!.GetValue<long>(), key["prefix"]!.GetValue<string>(), key["expiration"]!.GetValue<DateTimeOffset>())),
        ];
    }
}
