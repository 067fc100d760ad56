using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Lifecycle;

public sealed class DeletionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestIssuesServerMutations/node_delete_removes_from_all_peers")]
    [Trait("Acceptance", "TestStressConnectDisconnect/delete_node_during_active_poll")]
    public async Task Delete_ConnectedNode_IsToldAndPeersForgetIt()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.HasExactly("one"));
        var entry = server.Entry(one);

        await server.ExecuteAsync(new DeleteNodeCommand(entry.Id));
        var last = await one.WaitForAsync(map => map.IsExpiredAt(TimeProvider.System.GetUtcNow()));
        await two.WaitForAsync(map => map.HasExactly());

        Assert.Equal(entry.Id.Value, last.Self.Id);
        Assert.Equal(1, one.Traffic.Streams);
        Assert.Contains(two.Traffic.Messages, message => message.Message.PeersRemoved?.Contains(entry.Id.Value) == true);
    }

    [Fact]
    public async Task Delete_StreamOfTheNode_EndsProperlyAfterItWasTold()
    {
        await using var server = await TestServer.StartAsync();
        var one = server.NewNode("one", await server.CreateUserWithKeyAsync("alice"));
        await one.RegisterAsync(await server.CreateUserWithKeyAsync("bob"), Token);
        using var response = await one.Client.OpenMapAsync(one.CreateMapRequest(stream: true, omitPeers: false), Token);
        await using var reader = new MapStreamReader(
            await response.Content.ReadAsStreamAsync(Token), 1, compressed: true, TimeProvider.System);
        Assert.Null((await reader.ReadAsync(Token))!.Message.Node!.KeyExpiry);

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(one).Id));
        ReceivedMessage? last = null;
        while (await reader.ReadAsync(Token) is { } message)
        {
            last = message;
        }

        Assert.True(last!.Message.Node!.KeyExpiry < TimeProvider.System.GetUtcNow());
        Assert.Equal(one.Identity.NodeKey, last.Message.Node.Key);
    }

    [Fact]
    public async Task Delete_Node_ItsKeysAreWorthNothing()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var request = one.CreateMapRequest(stream: false, omitPeers: true);

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(one).Id));

        var map = await Assert.ThrowsAsync<ControlException>(() => one.Client.PostMapAsync(request, Token));
        var register = await one.Client.RegisterAsync(one.CreateRegisterRequest(), Token);
        Assert.NotNull(map.Status);
        Assert.False(register.MachineAuthorized);
        Assert.False(register.NodeKeyExpired);
    }

    [Fact]
    public async Task Delete_NodeJoinsAgain_IsANewNode()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        var id = server.Entry(one).Id;
        await server.ExecuteAsync(new DeleteNodeCommand(id));
        await one.WaitForAsync(map => map.IsExpiredAt(TimeProvider.System.GetUtcNow()));

        await one.RotateKeyAsync(key, Token);
        await two.WaitForAsync(map => map.FindPeer("one") is { } peer && peer.Id != id.Value);

        await NetmapOracle.AssertConvergedAsync(one, two);
    }
}
