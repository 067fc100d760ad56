using System.Globalization;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>What an administrator does to many nodes at once, and to whom they belong, while their clients are connected.</summary>
public sealed class NodeOwnerTests
{
    private const string Other = "bob";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_ConnectedNodes_EverybodyShowsTheNewOwnerAndStays()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        await network.Meshctl.CreateUserAsync(Other, Token);
        var before = await KeptAsync(network);

        await network.Meshctl.RunAsync(Token, "nodes", "move", "--from-user", MeshNetwork.User, "--user", Other, "--force");

        await EverybodySeesAsync(network, node => node.Login == Other);
        await network.EverybodyReachesEverybodyAsync();

        // With the key of the first user, as a container does that starts again.
        foreach (var client in network.Clients)
        {
            (await client.UpAsync(network.Url, network.Key, Token)).OrThrow();
        }

        await EverybodySeesAsync(network, node => node.Login == Other);
        Assert.Equal(before, await KeptAsync(network));
    }

    [Fact]
    public async Task Tag_ConnectedNodeAndTakeTheTagsAway_IsTheUsersAgainAndStays()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        await network.Meshctl.CreateUserAsync(Other, Token);
        var before = await KeptAsync(network);
        foreach (var client in network.Clients)
        {
            var id = (await network.RowAsync(client)).Id.ToString(CultureInfo.InvariantCulture);

            await network.Meshctl.RunAsync(Token, "nodes", "tag", "-i", id, "--add", "tag:web", "--force");
            await EverybodySeesAsync(network, node => node.Name != client.Name || (node.Login == "tagged-devices" && node.Tags.SequenceEqual(["tag:web"])));

            await network.Meshctl.RunAsync(Token, "nodes", "tag", "-i", id, "--tags", "", "--user", Other);
            await EverybodySeesAsync(network, node => node.Name != client.Name || (node.Login == Other && node.Tags.Count == 0));
        }

        await network.EverybodyReachesEverybodyAsync();
        Assert.Equal(before, await KeptAsync(network));
    }

    [Fact]
    public async Task Expire_AllTogether_ComeBackTogetherWithoutALoginAndLearnLaterEnds()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var before = await KeptAsync(network);

        await network.Meshctl.RunAsync(Token, "nodes", "expire", "--user", MeshNetwork.User, "--force");
        await Task.WhenAll(network.Clients.Select(client => Eventually.GetAsync(
            $"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin")));

        await network.Meshctl.RunAsync(Token, "nodes", "expire", "--all-expired", "--expiry", "90d", "--force");
        await Task.WhenAll(network.Clients.Select(client => Eventually.GetAsync(
            $"{client.Name} to be back without a login", client.StatusAsync, status => status.IsRunning)));
        await EverybodySeesAsync(network, node => !node.Expired && IsInDays(node.KeyExpiry, 90));
        await network.EverybodyReachesEverybodyAsync();

        await network.Meshctl.RunAsync(Token, "nodes", "expire", "--name", "*", "--expiry", "180d", "--force");
        await EverybodySeesAsync(network, node => IsInDays(node.KeyExpiry, 180));
        Assert.All(await Task.WhenAll(network.Clients.Select(client => client.StatusAsync(Token))), status => Assert.True(status.IsRunning));
        Assert.Equal(before, await KeptAsync(network));
    }

    private static bool IsInDays(DateTimeOffset? end, int days) =>
        end is { } time && (time - TimeProvider.System.GetUtcNow().AddDays(days)).Duration() < TimeSpan.FromMinutes(5);

    /// <summary>Waits until each client shows that of itself and of all others.</summary>
    private static Task EverybodySeesAsync(MeshNetwork network, Func<PeerStatus, bool> holds) => Task.WhenAll(network.Clients.Select(client =>
        Eventually.GetAsync(
            $"{client.Name} to see it of everybody",
            client.StatusAsync,
            status => status.Peers.Count == network.Clients.Count - 1 && status.Peers.Append(status.Self!).All(holds))));

    /// <summary>What none of this changes.</summary>
    private static async Task<IReadOnlyList<(long, string, string, string)>> KeptAsync(MeshNetwork network) =>
    [
        .. (await network.Meshctl.ListNodesAsync(Token))
            .Select(row => (row.Id, row.NodeKey, row.GivenName, string.Join(' ', row.Addresses))).Order(),
    ];
}
