using System.Globalization;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Storms;
using MeshControl.Testing.Nodes;

namespace MeshControl.ClientTests;

/// <summary>What the server has answered outlives it, however it ends.</summary>
public sealed class KillTests
{
    private const string RoundsVariable = "MESHCONTROL_KILL_ROUNDS";
    private const int DefaultRounds = 5;

    /// <summary>A database grows over the rounds, since old nodes must survive too, but not until maps are all that is tested.</summary>
    private const int RoundsPerDatabase = 5;

    private const int NodesPerRound = 200;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Kill_AmongJoins_KeepsEveryAcknowledgedNodeOnce(DatabaseKind database)
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), CultureInfo.InvariantCulture, out var wanted)
            ? wanted
            : DefaultRounds;
        for (var done = 0; done < rounds; done += RoundsPerDatabase)
        {
            await RunOnOneDatabaseAsync(database, Math.Min(RoundsPerDatabase, rounds - done));
        }
    }

    private static async Task RunOnOneDatabaseAsync(DatabaseKind database, int rounds)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var url = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        await using var site = await ServerSite.CreateAsync(database, url, cancellationToken);
        await using var server = await ServerProcess.StartAsync(site, command => command, new HttpClient());
        var meshctl = new Meshctl(site);
        await meshctl.CreateUserAsync("alice", cancellationToken);
        var key = await meshctl.CreateKeyAsync("alice", cancellationToken);

        var addresses = new Dictionary<string, string>();
        for (var round = 1; round <= rounds; round++)
        {
            await using var storm = new JoinStorm(url, key, $"round{round}", NodesPerRound);
            var acknowledged = await storm.RunAsync(NodesPerRound * round / (rounds + 1), server.KillAsync, cancellationToken);
            foreach (var node in acknowledged)
            {
                addresses.Add(node.Identity.NodeKey.ToString(), node.HasNetmap ? AddressesOf(node) : "");
            }

            await server.StartAsync();
            CheckRows(await meshctl.ListNodesAsync(cancellationToken), addresses);

            await storm.RegisterAllAsync(cancellationToken);
            foreach (var node in storm.Nodes)
            {
                addresses.TryAdd(node.Identity.NodeKey.ToString(), "");
            }

            var rows = await meshctl.ListNodesAsync(cancellationToken);
            CheckRows(rows, addresses);
            Assert.Equal(NodesPerRound * round, rows.Count);
        }
    }

    /// <param name="rows">What the server knows.</param>
    /// <param name="addresses">By node key, what nodes were told. Empty: nothing yet; then what the server says now counts from here on.</param>
    private static void CheckRows(IReadOnlyList<NodeRow> rows, Dictionary<string, string> addresses)
    {
        Assert.Equal(rows.Count, rows.Select(row => row.MachineKey).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(row => row.GivenName).Distinct().Count());
        Assert.Equal(2 * rows.Count, rows.SelectMany(row => row.Addresses).Distinct().Count());
        var found = rows.ToDictionary(row => row.NodeKey, row => string.Join(' ', row.Addresses));
        foreach (var (key, told) in addresses)
        {
            Assert.True(found.TryGetValue(key, out var now), $"The server has forgotten the node {key}.");
            Assert.True(told.Length == 0 || told == now, $"The node {key} had {told} and has now {now}.");
            addresses[key] = now!;
        }
    }

    private static string AddressesOf(SimulatedNode node) =>
        string.Join(' ', node.Netmap.Self.Addresses!.Select(prefix => prefix.ToString().Split('/')[0]));
}
