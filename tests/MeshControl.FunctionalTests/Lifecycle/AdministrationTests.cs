using MeshControl.Core.Keys;
using MeshControl.Core.Nodes;
using MeshControl.Core.Users;
using MeshControl.FunctionalTests.Support;

namespace MeshControl.FunctionalTests.Lifecycle;

/// <summary>What an administrator decides reaches nodes and peers over the wire.</summary>
public sealed class AdministrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestIssuesServerMutations/node_rename_propagates_to_peers")]
    public async Task Rename_Node_ReachesItAndItsPeers()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);

        await server.ExecuteAsync(new RenameNodeCommand(server.Entry(one).Id, "kitchen"));

        await two.WaitForAsync(map => map.HasExactly("kitchen"));
        await one.WaitForAsync(map => map.Self.Name == $"kitchen.{TestServer.BaseDomain}.");
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Rename_User_ReachesAllWhoSeeItsNodes()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var two = await server.JoinAsync("two", await server.CreateUserWithKeyAsync("bob"));
        await two.WaitForAsync(map => map.HasExactly("one"));
        var alice = server.Entry(one).Node.Owner!.Value;

        await server.ExecuteAsync(new RenameUserCommand(alice, "carol"));

        await one.WaitForAsync(map => map.Users[alice.Value].LoginName == "carol");
        await two.WaitForAsync(map => map.Users[alice.Value].LoginName == "carol");
    }

    [Fact]
    public async Task Expire_Node_IsToldAndComesBackWithoutALogin()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        var id = server.Entry(one).Id;

        await server.ExecuteAsync(new ExpireNodeCommand(id));
        await one.WaitForAsync(map => map.IsExpiredAt(TimeProvider.System.GetUtcNow()));
        await two.WaitForAsync(map => map.FindPeer("one") is { Expired: true });

        await server.ExecuteAsync(new ExpireNodeCommand(id) { Never = true });
        await one.WaitForAsync(map => map.Self is { KeyExpiry: null, Expired: false });
        await two.WaitForAsync(map => map.FindPeer("one") is { KeyExpiry: null, Expired: false });
        Assert.Equal(1, one.Traffic.Streams);
    }

    [Fact]
    public async Task Tag_Node_IsTaggedForItselfAndItsPeersAndStaysSoWithItsKey()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        var id = server.Entry(one).Id;

        await server.ExecuteAsync(new TagNodeCommand(id, ["tag:web"]));
        await one.WaitForAsync(map => map.Self.Tags is ["tag:web"]);
        await two.WaitForAsync(map => map.FindPeer("one")?.Tags is ["tag:web"]);
        await one.RestartAsync(Token);

        Assert.Equal(id, server.Entry(one).Id);
        Assert.Equal(["tag:web"], one.Netmap.Self.Tags!);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task DeleteKey_ConnectedNode_StaysAndComesBack()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var id = server.Entry(one).Id;

        await server.ExecuteAsync(new DeletePreAuthKeyCommand(Assert.Single(server.Tailnet.Snapshot.PreAuthKeys.Keys)));
        await one.RestartAsync(Token);

        Assert.Equal(id, server.Entry(one).Id);
        Assert.Empty(server.Tailnet.Snapshot.PreAuthKeys);
    }
}
