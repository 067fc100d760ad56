using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Clients that are registered, and wait until an administrator approves their device.</summary>
public sealed class ApprovalTests
{
    private const string NeedsApproval = "NeedsMachineAuth";

    /// <summary>With the server's own relay, which knows whom it lets in.</summary>
    private static NetworkPlan Plan => new() { Relays = "", Settings = new() { ["MESHCONTROL_NODE_APPROVAL_REQUIRED"] = "true" } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Approve_EveryVersion_SeesAndIsSeenFromThenOnWithoutALogin()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite);
        var waiting = network.Clients.Select(client => client.UpAsync(network.Url, network.Key, Token)).ToArray();
        await AllWaitAsync(network);
        foreach (var client in network.Clients)
        {
            var text = (await client.RunAsync(Token, "status")).Text;
            Assert.Contains("not yet approved", text, StringComparison.Ordinal);
            Assert.Single(await client.NetmapAsync(Token));
        }

        var keys = await KeysAsync(network);
        await ApproveAllAsync(network);
        foreach (var result in await Task.WhenAll(waiting))
        {
            result.OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        Assert.Equal(keys, await KeysAsync(network));
    }

    [Fact]
    public async Task Wait_BesideAnApprovedDevice_NeitherSeesTheOther()
    {
        await using var network = await MeshNetwork.StartAsync(
            Plan with { Policy = """{"acls": [{"action": "accept", "src": ["alice@"], "dst": ["*:*"]}]}""" },
            ClientPrograms.SupportedVersions[0],
            ClientPrograms.SupportedVersions[^1]);
        var (approved, waiting) = (network.Clients[0], network.Clients[1]);
        var key = await network.Meshctl.CreateKeyAsync(MeshNetwork.User, Token, "--preapproved");
        (await approved.UpAsync(network.Url, key, Token)).OrThrow();
        Assert.False((await network.RowAsync(approved)).NeedsApproval);

        var up = waiting.UpAsync(network.Url, network.Key, Token);
        await WaitsAsync(waiting);
        var row = await network.RowAsync(waiting);
        Assert.True(row.NeedsApproval);

        Assert.Single(await approved.NetmapAsync(Token));
        Assert.Single(await waiting.NetmapAsync(Token));
        var own = (await network.RowAsync(approved)).Addresses[0];
        Assert.False((await approved.FilterAsync(Token)).AllowsTcp(row.Addresses[0], own, 80));

        await network.Meshctl.ApproveNodeAsync(row.Id, Token);
        (await up).OrThrow();
        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        Assert.True((await approved.FilterAsync(Token)).AllowsTcp(row.Addresses[0], own, 80));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Restart_WhileClientsWait_TheyWaitOnAndAreLetInAfterwards(DatabaseKind database)
    {
        await using var network = await StartAsync(database);
        var waiting = network.Clients.Select(client => client.UpAsync(network.Url, network.Key, Token)).ToArray();
        await AllWaitAsync(network);

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        await AllWaitAsync(network);
        await ApproveAllAsync(network);
        await Task.WhenAll(waiting);
        await network.EverybodySeesEverybodyAsync();
    }

    [Fact]
    public async Task LogInAgain_OnAnApprovedDevice_NeedsNoOtherApproval()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite);
        var waiting = network.Clients.Select(client => client.UpAsync(network.Url, network.Key, Token)).ToArray();
        await AllWaitAsync(network);
        await ApproveAllAsync(network);
        await Task.WhenAll(waiting);
        await network.EverybodySeesEverybodyAsync();
        foreach (var client in network.Clients)
        {
            await network.Meshctl.ExpireNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
            (await client.UpAsync(network.Url, network.Key, Token)).OrThrow();
            await client.LogoutAsync(Token);
            (await client.UpAsync(network.Url, network.Key, Token)).OrThrow();
        }

        await network.EverybodySeesEverybodyAsync();
    }

    [Fact]
    public async Task Reject_EveryVersion_IsToldSoAndMayAskAgain()
    {
        await using var network = await StartAsync(DatabaseKind.Sqlite);
        foreach (var client in network.Clients)
        {
            var up = client.UpAsync(network.Url, network.Key, Token);
            await WaitsAsync(client);
            await network.Meshctl.RejectNodeAsync((await network.RowAsync(client)).Id, Token);
            await Eventually.GetAsync($"{client.Name} to ask for a login", client.StatusAsync, status => status.State == "NeedsLogin");
            await up;

            var again = await client.UpAsync(network.Url, network.Key, Token);
            Assert.False(again.Succeeded);
            Assert.Contains("an administrator rejected this device", again.Text, StringComparison.Ordinal);
        }

        Assert.Empty(await network.Meshctl.ListNodesAsync(Token));
    }

    private static Task<MeshNetwork> StartAsync(DatabaseKind database) =>
        MeshNetwork.StartAsync(Plan with { Database = database }, ClientPrograms.SupportedVersions);

    private static async Task AllWaitAsync(MeshNetwork network)
    {
        await Task.WhenAll(network.Clients.Select(WaitsAsync));
        await Eventually.GetAsync(
            "the server to list all of them",
            network.Meshctl.ListNodesAsync,
            rows => rows.Count == network.Clients.Count && rows.All(row => row.NeedsApproval && row.Online));
    }

    private static Task WaitsAsync(RealClient client) => Eventually.GetAsync(
        $"{client.Name} to wait for approval", client.StatusAsync, status => status.State == NeedsApproval && status.Peers.Count == 0);

    private static async Task ApproveAllAsync(MeshNetwork network)
    {
        foreach (var row in await network.Meshctl.ListNodesAsync(Token))
        {
            await network.Meshctl.ApproveNodeAsync(row.Id, Token);
        }
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(Token)).Select(row => row.NodeKey).Order()];
}
