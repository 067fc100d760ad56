using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Clients without a key, which show a URL and wait until an administrator lets them in.</summary>
public sealed class LoginTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestAuthWebFlowAuthenticationPingAll")]
    [Trait("Acceptance", "TestAuthWebFlowLogoutAndReloginSameUser")]
    public async Task LogIn_EveryVersionAndAgainAfterALogout_IsTheSameNodeEachTime()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);

        await LogInAllAsync(network);
        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        var before = await KeptAsync(network);

        await network.LogoutAllAsync();
        await LogInAllAsync(network);

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await KeptAsync(network));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthWebFlowLogoutAndReloginNewUser")]
    public async Task LogIn_AsAnotherUser_IsANewNodeAndTheOldOneStays()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.Meshctl.CreateUserAsync("bob", Token);
        foreach (var client in network.Clients)
        {
            await LogInAsync(network, client, "bob");
        }

        await network.LogoutAllAsync();
        await LogInAllAsync(network);

        var rows = await Eventually.GetAsync(
            "the new nodes to be online", network.Meshctl.ListNodesAsync, rows => rows.Count(row => row.Online) == network.Clients.Count);
        Assert.Equal(2 * network.Clients.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.User!.Name == MeshNetwork.User, row.Online));
    }

    [Fact]
    public async Task ForceReauth_WhileConnected_KeepsTheNode()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await LogInAllAsync(network);
        var before = await KeptAsync(network);
        var keys = await KeysAsync(network);

        foreach (var client in network.Clients)
        {
            await LogInAsync(network, client, MeshNetwork.User, "--force-reauth");
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await KeptAsync(network));
        Assert.Empty(keys.Intersect(await KeysAsync(network)));
    }

    [Fact]
    public async Task Expired_LogsInAgain_IsTheSameNode()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await LogInAllAsync(network);
        var before = await KeptAsync(network);
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
            await LogInAsync(network, client, MeshNetwork.User);
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await KeptAsync(network));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Restart_WhileClientsWait_TheyAreLetInAfterwards(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartAsync(database, ClientPrograms.SupportedVersions);
        var waiting = network.Clients.Select(client => client.LogInAsync(network.Url, Token)).ToArray();
        var before = await PendingAsync(network, network.Clients.Count);

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        Assert.Equal(before, await PendingAsync(network, network.Clients.Count));
        foreach (var authId in before)
        {
            await network.Meshctl.RunAsync(Token, "auth", "register", "--auth-id", authId, "--user", MeshNetwork.User);
        }

        foreach (var result in await Task.WhenAll(waiting))
        {
            result.OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
    }

    [Fact]
    public async Task Reject_Client_IsToldSoAndShowsAnotherUrl()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions[^1]);
        var client = network.Clients[0];
        var waiting = client.LogInAsync(network.Url, Token);
        var authId = Assert.Single(await PendingAsync(network, 1));
        await Eventually.GetAsync("the client to show the URL", client.StatusAsync, status => status.State == "NeedsLogin");

        await network.Meshctl.RunAsync(Token, "auth", "reject", "--auth-id", authId);

        var next = await Eventually.GetAsync(
            "the client to ask again", network.Meshctl.ListLoginsAsync, logins => logins.Count == 1 && logins[0].AuthId != authId);
        await network.Meshctl.RunAsync(Token, "auth", "register", "--auth-id", next[0].AuthId, "--user", MeshNetwork.User);
        await Eventually.GetAsync("the client to be in", client.StatusAsync, status => status.IsRunning);
        await waiting;
    }

    private static Task LogInAllAsync(MeshNetwork network) =>
        Task.WhenAll(network.Clients.Select(client => LogInAsync(network, client, MeshNetwork.User)));

    private static async Task LogInAsync(MeshNetwork network, RealClient client, string user, params string[] options)
    {
        var waiting = client.LogInAsync(network.Url, Token, options);
        var logins = await Eventually.GetAsync(
            $"{client.Name} to ask", network.Meshctl.ListLoginsAsync, logins => logins.Any(login => login.Hostname == client.Name));
        var authId = logins.Last(login => login.Hostname == client.Name).AuthId;
        await network.Meshctl.RunAsync(Token, "auth", "register", "--auth-id", authId, "--user", user);
        CommandResult result = await waiting;
        result.OrThrow();

        // What the client showed is what was approved.
        Assert.Contains(authId, result.Text, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> PendingAsync(MeshNetwork network, int count) =>
    [
        .. (await Eventually.GetAsync("all of them to ask", network.Meshctl.ListLoginsAsync, logins => logins.Count == count))
            .Select(login => login.AuthId),
    ];

    private static async Task<IReadOnlyList<string>> KeysAsync(MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(Token)).Select(row => row.NodeKey)];

    /// <summary>What a login of the same user leaves as it is.</summary>
    private static async Task<IReadOnlyList<(long, string, string)>> KeptAsync(MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(Token)).Select(row => (row.Id, row.GivenName, string.Join(' ', row.Addresses))).Order()];
}
