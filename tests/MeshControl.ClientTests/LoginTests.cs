using MeshControl.ClientTests.Networks;
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

        await network.LogInAllAsync();
        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        var before = await network.KeptAsync();

        await network.LogoutAllAsync();
        await network.LogInAllAsync();

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
    }

    [Fact]
    [Trait("Acceptance", "TestAuthWebFlowLogoutAndReloginNewUser")]
    public async Task LogIn_AsAnotherUser_IsANewNodeAndTheOldOneStays()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.Meshctl.CreateUserAsync("bob", Token);
        foreach (var client in network.Clients)
        {
            await network.LogInAsync(client, "bob");
        }

        await network.LogoutAllAsync();
        await network.LogInAllAsync();

        var rows = await Eventually.GetAsync(
            "the new nodes to be online", network.Meshctl.ListNodesAsync, rows => rows.Count(row => row.Online) == network.Clients.Count);
        Assert.Equal(2 * network.Clients.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.User!.Name == MeshNetwork.User, row.Online));
        foreach (var client in network.Clients)
        {
            var others = rows.Where(row => row.Online && row.Hostname != client.Name);
            foreach (var address in others.Select(row => row.Addresses[0]))
            {
                await Eventually.HoldsAsync($"a ping from {client.Name} to {address}", token => client.PingAsync(address, token));
            }
        }
    }

    [Fact]
    public async Task ForceReauth_WhileConnected_KeepsTheNode()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.LogInAllAsync();
        var before = await network.KeptAsync();
        var keys = await network.NodeKeysAsync();

        foreach (var client in network.Clients)
        {
            await network.LogInAsync(client, MeshNetwork.User, "--force-reauth");
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
        Assert.Empty(keys.Intersect(await network.NodeKeysAsync()));
    }

    [Fact]
    public async Task Expired_LogsInAgain_IsTheSameNode()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.LogInAllAsync();
        var before = await network.KeptAsync();
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
            await network.LogInAsync(client, MeshNetwork.User);
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
    }

    [Fact]
    public async Task Deleted_LogsInAgain_IsANewNode()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.LogInAllAsync();
        var before = await network.Meshctl.ListNodesAsync(Token);
        foreach (var client in network.Clients)
        {
            await network.Meshctl.DeleteNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
            await network.LogInAsync(client, MeshNetwork.User);
        }

        await network.EverybodySeesEverybodyAsync();
        var after = await network.Meshctl.ListNodesAsync(Token);
        Assert.Equal(before.Select(row => row.GivenName).Order(), after.Select(row => row.GivenName).Order());
        Assert.Empty(before.Select(row => row.Id).Intersect(after.Select(row => row.Id)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Restart_WhileClientsWait_TheyAreLetInAfterwards(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartAsync(database, ClientPrograms.SupportedVersions);
        var waiting = network.Clients.Select(client => client.LogInAsync(network.Url, Token)).ToArray();
        var before = await network.PendingLoginsAsync(network.Clients.Count);

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        Assert.Equal(before, await network.PendingLoginsAsync(network.Clients.Count));
        foreach (var authId in before)
        {
            await network.ApproveLoginAsync(authId);
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
        var authId = Assert.Single(await network.PendingLoginsAsync(1));
        await Eventually.GetAsync("the client to show the URL", client.StatusAsync, status => status.State == "NeedsLogin");

        await network.Meshctl.RunAsync(Token, "auth", "reject", "--auth-id", authId);

        var next = await Eventually.GetAsync(
            "the client to ask again", network.Meshctl.ListLoginsAsync, logins => logins.Count == 1 && logins[0].AuthId != authId);
        await network.Meshctl.RunAsync(Token, "auth", "register", "--auth-id", next[0].AuthId, "--user", MeshNetwork.User);
        await Eventually.GetAsync("the client to be in", client.StatusAsync, status => status.IsRunning);
        await waiting;
    }
}
