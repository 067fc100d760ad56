using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Servers that go away and come back, while nobody touches the clients.</summary>
public sealed class ServerRestartTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Kill_Server_ClientsComeBackByThemselves(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var before = await KeptAsync(network);

        await network.Server.KillAsync();
        await network.Server.StartAsync();

        await AllIsAsBeforeAsync(network, before);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Stop_Server_EndsCleanlyAndClientsComeBackByThemselves(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);
        var before = await KeptAsync(network);

        Assert.Equal(0, await network.Server.StopAsync());
        await network.Server.StartAsync();

        await AllIsAsBeforeAsync(network, before);
    }

    private static async Task AllIsAsBeforeAsync(MeshNetwork network, IReadOnlyList<(long, string, string)> before)
    {
        await Eventually.GetAsync(
            "all nodes to be online again",
            network.Meshctl.ListNodesAsync,
            rows => rows.Count == network.Clients.Count && rows.All(row => row.Online),
            Eventually.AfterReconnect);
        await network.EverybodySeesEverybodyAsync();
        await network.EverybodyReachesEverybodyAsync();
        Assert.Equal(before, await KeptAsync(network));
    }

    /// <summary>What must not change by a restart.</summary>
    private static async Task<IReadOnlyList<(long, string, string)>> KeptAsync(MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken))
            .Select(row => (row.Id, row.NodeKey, string.Join(' ', row.Addresses))).Order()];
}
