using System.Globalization;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>What clients make of an administrator's decisions about their nodes.</summary>
public sealed class AdministrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestExpireNode")]
    [Trait("Acceptance", "TestSetNodeExpiryInFuture")]
    [Trait("Acceptance", "TestDisableNodeExpiry")]
    public async Task Expire_Nodes_EverybodyKnowsUntilItIsTakenBack()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var (now, later, byItself) = (network.Clients[0], network.Clients[1], network.Clients[2]);

        // The last one's client finds out by its own clock; that takes some seconds, so it begins here.
        await network.Meshctl.ExpireNodeAsync((await network.RowAsync(byItself)).Id, Token, "--expiry", "20s");
        await network.Meshctl.ExpireNodeAsync((await network.RowAsync(now)).Id, Token);
        await Eventually.GetAsync($"{now.Name} to ask for a login", now.StatusAsync, status => status.State == "NeedsLogin");
        await SeenAsync(now, by: later, peer => peer is { Expired: true } && peer.KeyExpiry < TimeProvider.System.GetUtcNow());

        await network.Meshctl.ExpireNodeAsync((await network.RowAsync(now)).Id, Token, "--disable");
        await Eventually.GetAsync($"{now.Name} to be back without a login", now.StatusAsync, status => status.IsRunning);
        await SeenAsync(now, by: later, peer => peer is { Expired: false, Online: true, KeyExpiry: null });

        var end = TimeProvider.System.GetUtcNow().AddHours(2);
        await network.Meshctl.ExpireNodeAsync(
            (await network.RowAsync(later)).Id, Token, "--expiry", end.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        await SeenAsync(
            later, by: now, peer => peer is { Expired: false, KeyExpiry: { } expiry } && (expiry - end).Duration() < TimeSpan.FromSeconds(5));
        Assert.True((await later.StatusAsync(Token)).IsRunning);

        await Eventually.GetAsync(
            $"{byItself.Name} to ask for a login by itself", byItself.StatusAsync, status => status.State == "NeedsLogin", Eventually.AfterReconnect);
        await SeenAsync(byItself, by: now, peer => peer is { Expired: true });
        await network.Meshctl.ExpireNodeAsync((await network.RowAsync(byItself)).Id, Token, "--expiry", "1h");
        await network.EverybodySeesEverybodyAsync();
    }

    [Fact]
    [Trait("Acceptance", "TestUpdateHostnameFromClient")]
    public async Task Hostname_FromClients_IsKeptAndNamesTheNodeUntilAnAdministratorDoes()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        (string Hostname, string GivenName)[] names = [("Joe's Mac mini", "joes-mac-mini"), ("Test@Host", "test-host"), ("mail.server", "mail-server")];
        var rows = await Task.WhenAll(network.Clients.Select(network.RowAsync));
        foreach (var (client, name) in network.Clients.Zip(names))
        {
            (await client.RunAsync(Token, "set", "--hostname", name.Hostname)).OrThrow();
        }

        foreach (var (row, name) in rows.Zip(names))
        {
            await RowAsync(row.Id, now => (now.Hostname, now.GivenName) == (name.Hostname, name.GivenName));
            await network.Meshctl.RenameNodeAsync(row.Id, $"{row.Id}-givenname", Token);
        }

        var (one, other) = (network.Clients[0], network.Clients[1]);
        await Eventually.GetAsync(
            $"{one.Name} to learn its new name", one.StatusAsync, status => status.Self!.Name == $"{rows[0].Id}-givenname");
        var peer = await Eventually.GetAsync(
            $"{other.Name} to see the new name", other.StatusAsync, status => status.Peer($"{rows[0].Id}-givenname") is not null);
        Assert.Equal(names[0].Hostname, peer.Peer($"{rows[0].Id}-givenname")!.HostName);

        (await one.RunAsync(Token, "set", "--hostname", "new-host")).OrThrow();

        await RowAsync(rows[0].Id, now => (now.Hostname, now.GivenName) == ("new-host", $"{rows[0].Id}-givenname"));
        await Eventually.GetAsync(
            $"{other.Name} to see the new host name", other.StatusAsync, status => status.Peer($"{rows[0].Id}-givenname")?.HostName == "new-host");

        Task<NodeRow> RowAsync(long id, Func<NodeRow, bool> holds) => Eventually.GetAsync(
            $"node {id} to be listed as wanted",
            async token => (await network.Meshctl.ListNodesAsync(token)).Single(row => row.Id == id),
            holds);
    }

    [Fact]
    public async Task RenameUser_ConnectedClients_ShowTheNewName()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);

        await network.Meshctl.RunAsync(Token, "users", "rename", MeshNetwork.User, "--new-name", "carol");

        await Task.WhenAll(network.Clients.Select(client => Eventually.GetAsync(
            $"{client.Name} to see the user's new name",
            client.StatusAsync,
            status => status.Peers.Append(status.Self!).All(node => node.Login == "carol"))));
    }

    [Fact]
    [Trait("Acceptance", "TestTaggedNodesCLIOutput")]
    public async Task Tag_Node_EverybodyShowsItsOwnerByName()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(DatabaseKind.Sqlite);
        var id = (await network.RowAsync(network.Clients[0])).Id.ToString(CultureInfo.InvariantCulture);

        await network.Meshctl.RunAsync(Token, "nodes", "tag", "--identifier", id, "--tags", "tag:web", "--force");

        await Task.WhenAll(network.Clients.Select(client => Eventually.GetAsync(
            $"{client.Name} to show the tagged node's owner by name",
            async token => (await client.RunAsync(token, "status")).OrThrow().Output,
            shown => shown.Contains("tagged-devices", StringComparison.Ordinal) && !shown.Contains("2147455555", StringComparison.Ordinal))));
    }

    private static Task SeenAsync(RealClient client, RealClient by, Func<PeerStatus, bool> holds) => Eventually.GetAsync(
        $"{by.Name} to see that of {client.Name}", by.StatusAsync, status => status.Peer(client.Name) is { } peer && holds(peer));
}
