using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Three versions of the stock client in one tailnet.</summary>
public sealed class JoinTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    [Trait("Acceptance", "TestTailscaleNodesJoiningHeadcale")]
    public async Task Up_EveryVersionByKey_SeesTheOthersAsTheServerDoes(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);

        var rows = await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(network.Clients.Select(client => client.Name).Order(), rows.Select(row => row.GivenName).Order());
        Assert.All(rows, row => Assert.True(row.Online));
        Assert.Equal(2 * rows.Count, rows.SelectMany(row => row.Addresses).Distinct().Count());
        foreach (var client in network.Clients)
        {
            var status = await client.StatusAsync(TestContext.Current.CancellationToken);
            var seen = status.Peers.Append(status.Self!);
            Assert.Equal(
                rows.Select(row => ($"{row.GivenName}.mesh.test.", string.Join(' ', row.Addresses))).Order(),
                seen.Select(node => (node.DnsName, string.Join(' ', node.Addresses))).Order());
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    [Trait("Acceptance", "TestPingAllByIP")]
    [Trait("Acceptance", "TestPingAllByIPPublicDERP")]
    public async Task Ping_EveryPair_Answers(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);

        await network.EverybodyReachesEverybodyAsync();
    }

    [Fact]
    public async Task Join_FirstNodeOfAnotherUser_OwnerIsKnownToThoseWhoWereThere()
    {
        await using var network = await MeshNetwork.StartAsync(
            DatabaseKind.Sqlite, [.. ClientPrograms.SupportedVersions, ClientPrograms.SupportedVersions[^1]]);
        var cancellationToken = TestContext.Current.CancellationToken;
        await network.Meshctl.CreateUserAsync("bob", cancellationToken);
        var bobsKey = await network.Meshctl.CreateKeyAsync("bob", cancellationToken);
        var (alices, bobs) = (network.Clients.SkipLast(1).ToList(), network.Clients[^1]);
        foreach (var client in alices)
        {
            (await client.UpAsync(network.Url, network.Key, cancellationToken)).OrThrow();
        }

        (await bobs.UpAsync(network.Url, bobsKey, cancellationToken)).OrThrow();

        foreach (var client in alices)
        {
            await Eventually.GetAsync(
                $"{client.Name} to know whose {bobs.Name} is", client.StatusAsync, status => status.Peer(bobs.Name)?.Login == "bob");
        }
    }

    [Fact]
    [Trait("Acceptance", "TestPingNode")]
    public async Task Ping_ByTheServer_IsAnsweredByEveryVersion()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);

        foreach (var client in network.Clients)
        {
            var result = await network.Meshctl.RunAsync(TestContext.Current.CancellationToken, "nodes", "ping", client.Name);
            Assert.StartsWith($"pong from {client.Name} ", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Acceptance", "TestPingAllByHostname")]
    [Trait("Acceptance", "TestResolveMagicDNS")]
    public async Task Names_EveryPair_LeadToThePeer()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var cancellationToken = TestContext.Current.CancellationToken;
        var rows = await network.Meshctl.ListNodesAsync(cancellationToken);

        foreach (var from in network.Clients)
        {
            foreach (var to in rows.Where(row => row.GivenName != from.Name))
            {
                var name = $"{to.GivenName}.mesh.test";
                await Eventually.HoldsAsync($"a ping from {from.Name} to {name}.", token => from.PingAsync(name + ".", token));

                // Clients that have an IPv4 address resolve names to those alone.
                var answer = (await from.RunAsync(cancellationToken, "dns", "query", name)).OrThrow();
                Assert.True(answer.Output.Contains(to.Addresses[0], StringComparison.Ordinal), answer.Text);
            }
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Netmap_EveryVersion_AgreesWithTheServer(DatabaseKind database)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(database);

        var rows = await network.Meshctl.ListNodesAsync(TestContext.Current.CancellationToken);
        foreach (var client in network.Clients)
        {
            var netmap = await client.NetmapAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                rows.Select(row => (row.Id, row.NodeKey, $"{row.GivenName}.mesh.test.", string.Join(' ', row.Addresses))).Order(),
                netmap.Select(node => (node.Id, node.Key, node.Name, string.Join(' ', node.Addresses))).Order());
            Assert.All(netmap.Skip(1), peer => Assert.True(peer.Online));
        }
    }
}
