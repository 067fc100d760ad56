using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Clients that log out and come back with one key or another.</summary>
public sealed class ReloginTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestAuthKeyLogoutAndReloginSameUser")]
    public async Task Logout_ThenNewKeyOfTheSameUser_EverybodyIsAsBefore()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.Meshctl.ListNodesAsync(Token);

        await network.LogoutAllAsync();
        Assert.Equal(before.Count, (await network.Meshctl.ListNodesAsync(Token)).Count);
        var key = await network.Meshctl.CreateKeyAsync(MeshNetwork.User, Token);
        await network.JoinAllAsync(_ => key);

        var after = await network.Meshctl.ListNodesAsync(Token);
        Assert.Equal(before.Select(row => (row.Id, row.GivenName)).Order(), after.Select(row => (row.Id, row.GivenName)).Order());
        Assert.Equal(before.SelectMany(row => row.Addresses).Order(), after.SelectMany(row => row.Addresses).Order());
        Assert.All(after, row => Assert.True(row.Online));
        foreach (var client in network.Clients)
        {
            await Eventually.GetAsync(
                $"{client.Name} to know the relays of all others",
                client.StatusAsync,
                status => status.Peers.Append(status.Self!).All(node => node.Relay == "test"));
        }

        await network.EverybodyReachesEverybodyAsync();
    }

    [Fact]
    [Trait("Acceptance", "TestAuthKeyLogoutAndReloginNewUser")]
    public async Task Logout_ThenKeyOfAnotherUser_NodesAreNewAndTheOldOnesStay()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        await network.Meshctl.CreateUserAsync("bob", Token);
        var bobsKey = await network.Meshctl.CreateKeyAsync("bob", Token);
        var bobs = network.Clients[^1];
        await network.JoinAllAsync(client => client == bobs ? bobsKey : network.Key);
        var before = await network.Meshctl.ListNodesAsync(Token);

        await network.LogoutAllAsync();
        foreach (var client in network.Clients)
        {
            (await client.UpAsync(network.Url, network.Key, Token)).OrThrow();
        }

        await Eventually.GetAsync(
            "all of them to be online as new nodes", network.Meshctl.ListNodesAsync, rows => rows.Count(row => row.Online) == 3);
        var after = await network.Meshctl.ListNodesAsync(Token);
        Assert.Equal(before.Count + 1, after.Count);
        Assert.Subset(after.Select(row => row.Id).ToHashSet(), before.Select(row => row.Id).ToHashSet());
        Assert.Equal(3, after.Count(row => row.User?.Name == MeshNetwork.User && row.Online));
        var old = Assert.Single(after, row => row.User?.Name == "bob");
        Assert.False(old.Online);
        foreach (var client in network.Clients)
        {
            await Eventually.GetAsync(
                $"{client.Name} to belong to {MeshNetwork.User} and to see the others",
                client.StatusAsync,
                status => status.Self!.Login == MeshNetwork.User && status.Peers.Count(peer => peer.Online) == 2);
        }
    }

    [Fact]
    [Trait("Acceptance", "TestAuthKeyLogoutAndReloginSameUserExpiredKey")]
    public async Task Logout_ThenExpiredKey_IsToldSo()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        await network.Meshctl.RunAsync(Token, "preauthkeys", "expire", "--id", network.Key);

        await network.LogoutAllAsync();

        foreach (var client in network.Clients)
        {
            var result = await client.UpAsync(network.Url, network.Key, Token);
            Assert.False(result.Succeeded);
            Assert.Contains("authkey expired", result.Text, StringComparison.Ordinal);
        }

        await network.NobodyIsOnlineAsync();
    }

    [Fact]
    [Trait("Acceptance", "TestAuthKeyDeleteKey")]
    public async Task Restart_KeyWasDeleted_ComesBackAllTheSame()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.Meshctl.ListNodesAsync(Token);
        await network.Meshctl.RunAsync(Token, "preauthkeys", "delete", "--id", network.Key, "--force");

        foreach (var client in network.Clients)
        {
            await client.StopAsync();
            await client.StartAsync();
        }

        await network.EverybodySeesEverybodyAsync();
        var after = await network.Meshctl.ListNodesAsync(Token);
        Assert.Equal(before.Select(row => (row.Id, row.NodeKey)).Order(), after.Select(row => (row.Id, row.NodeKey)).Order());
        Assert.Equal("[]", (await network.Meshctl.RunAsync(Token, "preauthkeys", "list", "-o", "json-line")).Output.Trim());
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyCorrectUserLoggedInCommand")]
    [Trait("Acceptance", "TestTaggedNodesCLIOutput")]
    public async Task Logout_ThenTaggedKeyOfAnotherUser_IsASecondNodeOfNobody()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions[^1]);
        var client = network.Clients[0];
        await network.Meshctl.CreateUserAsync("bob", Token);
        var tagged = await network.Meshctl.CreateKeyAsync("bob", Token, "--tags", "tag:server");
        await network.JoinAllAsync();

        await network.LogoutAllAsync();
        await network.JoinAllAsync(_ => tagged);

        var rows = await network.Meshctl.ListNodesAsync(Token);
        Assert.Equal([MeshNetwork.User, null], rows.OrderBy(row => row.Id).Select(row => row.User?.Name));
        Assert.Equal("tagged-devices", (await client.StatusAsync(Token)).Self!.Login);
    }

    [Fact]
    public async Task ForceReauth_WithAKeyWhileConnected_KeepsTheNode()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();
        var keys = await network.NodeKeysAsync();

        foreach (var client in network.Clients)
        {
            (await client.UpAsync(network.Url, network.Key, Token, "--force-reauth")).OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
        Assert.Empty(keys.Intersect(await network.NodeKeysAsync()));
    }

    [Fact]
    public async Task Expired_WhileConnected_AKeyBringsTheSameNodeBack()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await network.KeptAsync();
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token);
        }

        foreach (var client in network.Clients)
        {
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
        }

        await network.JoinAllAsync();

        await network.EverybodyReachesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());
        foreach (var client in network.Clients)
        {
            var status = await client.StatusAsync(Token);
            Assert.All(status.Peers.Append(status.Self!), node => Assert.Equal((false, null), (node.Expired, node.KeyExpiry)));
        }
    }

    [Fact]
    [Trait("Acceptance", "TestGitHubIssue2830_NodeRestartWithUsedPreAuthKey")]
    public async Task Up_OneShotKey_LetsInOneMachineOnce()
    {
        await using var network = await MeshNetwork.StartAsync(DatabaseKind.Sqlite, ClientPrograms.SupportedVersions);
        var keys = new List<string>();
        foreach (var client in network.Clients)
        {
            keys.Add(await network.Meshctl.CreateOneShotKeyAsync(MeshNetwork.User, Token));
            await IsLetInAsync(client, keys[^1]);

            // Those that are not in yet.
            foreach (var other in network.Clients.Skip(keys.Count))
            {
                await IsRefusedAsync(other, keys[^1]);
            }
        }

        await network.EverybodySeesEverybodyAsync();
        var before = await network.KeptAsync();
        foreach (var client in network.Clients)
        {
            await client.StopAsync();
            await client.StartAsync();
        }

        await network.EverybodySeesEverybodyAsync();

        // After a logout the key is as good as any that somebody has used.
        await network.LogoutAllAsync();
        foreach (var (client, key) in network.Clients.Zip(keys))
        {
            await IsRefusedAsync(client, key);
            await IsLetInAsync(client, network.Key);
        }

        await network.EverybodySeesEverybodyAsync();
        Assert.Equal(before, await network.KeptAsync());

        // A client that was refused goes on asking with that key, and may still tell of it when it is given another.
        Task IsLetInAsync(RealClient client, string key) => Eventually.HoldsAsync(
            $"{client.Name} to be let in", async token => (await client.UpAsync(network.Url, key, token)).Succeeded);

        async Task IsRefusedAsync(RealClient client, string key)
        {
            var result = await client.UpAsync(network.Url, key, Token);
            Assert.False(result.Succeeded);
            Assert.Contains("authkey already used", result.Text, StringComparison.Ordinal);
        }
    }
}
