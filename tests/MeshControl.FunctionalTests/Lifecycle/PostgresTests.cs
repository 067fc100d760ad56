using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Databases;
using MeshControl.Testing.Netmaps;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>The life of a small network with the other database.</summary>
public sealed class PostgresTests(PostgresFixture postgres)
{
    private const int NodeCount = 30;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Network_OnPostgres_JoinsChangesAndSurvivesRestart()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var server = await TestServer.StartAsync(configure: options => Use(options, database));
        var key = await server.CreateUserWithKeyAsync("alice");
        var nodes = await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(i => server.JoinAsync($"host{i}", key)));
        await NetmapOracle.AssertConvergedAsync(nodes);

        await nodes[0].RotateKeyAsync(key, Token);
        await nodes[1].UpdateAsync(profile => profile.WithHostinfo(info => info with { Hostname = "renamed" }), Token);
        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(nodes[2]).Id));
        await nodes[2].StopAsync();
        await nodes[3].WaitForAsync(map => map.FindPeer("renamed") is not null && map.FindPeer("host2") is null);
        var left = nodes.Where((_, index) => index != 2).ToList();
        var addresses = left.Select(node => node.Netmap.Self.Addresses).ToList();

        var streams = left.ToDictionary(node => node, node => node.Traffic.Streams);

        await server.StopAsync();
        await server.StartAgainAsync();

        await Task.WhenAll(left.Select(node => node.WaitForAsync(map => map.Stream > streams[node] && HasAllOnline(map))));
        await NetmapOracle.AssertConvergedAsync(left);
        Assert.Equal(addresses, left.Select(node => node.Netmap.Self.Addresses));
        Assert.All(left, node => Assert.Equal(TestServer.DerpRegion, server.Entry(node).Presence.HomeDerp));
    }

    /// <summary>The options with a database of the other kind.</summary>
    internal static ServerOptions Use(ServerOptions options, PostgresTestDatabase database) => options with
    {
        Database = options.Database with
        {
            Type = DatabaseType.Postgres,
            Postgres = new PostgresOptions { Host = database.Host, Port = database.Port, Name = database.Name, User = database.User },
        },
    };

    private static bool HasAllOnline(Netmap map) =>
        map.Peers.Count == NodeCount - 2 && map.Peers.Values.All(peer => peer.Online == true);
}
