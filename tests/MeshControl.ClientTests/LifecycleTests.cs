using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Clients that come back, go away, or are sent away.</summary>
public sealed class LifecycleTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Restart_Client_ComesBackAsItself(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var restarted = network.Clients[0];
        var before = await network.RowAsync(restarted);

        await restarted.StopAsync();
        await restarted.StartAsync();

        await network.EverybodySeesEverybodyAsync();
        var after = await network.RowAsync(restarted);
        Assert.Equal((before.Id, before.NodeKey), (after.Id, after.NodeKey));
        Assert.Equal(before.Addresses, after.Addresses);
        Assert.Equal(network.Clients.Count, (await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken)).Count);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Stop_Client_IsOfflineToTheOthers(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var stopped = network.Clients[^1];

        await stopped.StopAsync();

        foreach (var other in network.Clients.Where(client => client != stopped))
        {
            await Eventually.GetAsync(
                $"{other.Name} to see {stopped.Name} offline",
                other.StatusAsync,
                status => status.Peer(stopped.Name) is { Online: false });
        }

        Assert.False((await network.RowAsync(stopped)).Online);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Cut_ClientOffTheNetwork_IsOfflineUntilItIsBack(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var cut = network.Clients[^1];

        await network.CutAsync(cut);

        foreach (var other in network.Clients.Where(client => client != cut))
        {
            await Eventually.GetAsync(
                $"{other.Name} to see {cut.Name} offline", other.StatusAsync, status => status.Peer(cut.Name) is { Online: false });
        }

        await network.HealAsync(cut);
        await network.EverybodySeesEverybodyAsync(Eventually.AfterReconnect);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Logout_Client_IsGoneForTheOthersAndCanComeBack(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var cancellationToken = TestContext.Current.CancellationToken;
        var left = network.Clients[1];
        var before = await network.RowAsync(left);

        await left.LogoutAsync(cancellationToken);

        foreach (var other in network.Clients.Where(client => client != left))
        {
            await Eventually.GetAsync(
                $"{other.Name} to see {left.Name} offline, expired or not at all",
                other.StatusAsync,
                status => status.Peer(left.Name) is null or { Online: false } or { Expired: true });
        }

        (await left.UpAsync(network.Url, network.Key, cancellationToken)).OrThrow();
        await network.EverybodySeesEverybodyAsync();
        var after = await network.RowAsync(left);
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(before.Addresses, after.Addresses);
        Assert.NotEqual(before.NodeKey, after.NodeKey);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    [Trait("Acceptance", "Test2118DeletingOnlineNodePanics")]
    public async Task Delete_ByAdministrator_EverybodyKnowsEvenTheDeletedClient(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        foreach (var deleted in network.Clients)
        {
            await network.Meshctl.DeleteNodeAsync((await network.RowAsync(deleted)).Id, TestContext.Current.CancellationToken);

            await Eventually.GetAsync($"{deleted.Name} to know that it was deleted", deleted.StatusAsync, status => status.State == "NeedsLogin");
            var remaining = network.Clients.SkipWhile(client => client != deleted).Skip(1);
            foreach (var other in remaining)
            {
                await Eventually.GetAsync($"{other.Name} to forget {deleted.Name}", other.StatusAsync, status => status.Peer(deleted.Name) is null);
            }
        }

        Assert.Empty(await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken));
    }
}
