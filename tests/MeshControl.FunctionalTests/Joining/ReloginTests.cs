using MeshControl.FunctionalTests.Support;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Joining;

/// <summary>Restart, rotation, logout: what stays of a node and what its peers see of it.</summary>
public sealed class ReloginTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestIssuesIPAllocation/reconnect_preserves_ip_addresses")]
    public async Task Restart_SameKeysWithoutAuth_StaysTheSameNode()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.HasExactly("one"));
        var before = one.Netmap.Self;
        var disco = one.Identity.DiscoKey;

        await one.RestartAsync(Token);
        var map = await two.WaitForAsync(map => map.Peer("one").DiscoKey == one.Identity.DiscoKey);

        Assert.NotEqual(disco, one.Identity.DiscoKey);
        AssertSameNode(before, one.Netmap);
        Assert.True(map.Peer("one").Online);
        Assert.Equal(TestServer.DerpRegion, map.Peer("one").HomeDerp);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthKeyDeleteKey")]
    [Trait("Acceptance", "TestGitHubIssue2830_NodeRestartWithUsedPreAuthKey")]
    public async Task Restart_AuthKeyDeletedOrSpent_IsNoObstacle()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateKeyAsync(await server.CreateUserAsync("alice"), reusable: false);
        var one = await server.JoinAsync("one", key);

        // As a container does that finds its key in its environment again.
        var response = await one.RegisterAsync(key, Token);
        var unknown = await one.RegisterAsync("hskey-auth-gone", Token);

        Assert.True(response.MachineAuthorized);
        Assert.True(unknown.MachineAuthorized);
    }

    [Fact]
    public async Task Rotate_NewNodeKey_KeepsNodeAndHome()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.FindPeer("one")?.HomeDerp == TestServer.DerpRegion);
        var before = one.Netmap.Self;

        await one.RotateKeyAsync(key, Token);
        var map = await two.WaitForAsync(map => map.Peer("one").Key == one.Identity.NodeKey);

        AssertSameNode(before, one.Netmap);
        Assert.Null(one.Profile.Hostinfo.NetInfo);
        Assert.Equal(TestServer.DerpRegion, map.Peer("one").HomeDerp);
        Assert.Equal(TestServer.DerpRegion, one.Netmap.Self.HomeDerp);
        Assert.True(map.HasExactly("one"));
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Rotate_OldKey_IsNoLongerServed()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var old = one.CreateMapRequest(stream: false, omitPeers: false);

        await one.RotateKeyAsync(key, Token);

        var refusal = await Assert.ThrowsAsync<ControlException>(() => one.Client.PostMapAsync(old, Token));
        Assert.NotNull(refusal.Status);
    }

    [Fact]
    public async Task Restart_AfterRotation_OldNodeKeyMeansNothing()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        await one.RotateKeyAsync(key, Token);
        var before = one.Netmap.Self;

        await one.RestartAsync(Token);

        Assert.False(one.Identity.OldNodeKey.IsZero);
        AssertSameNode(before, one.Netmap);
        Assert.Equal(before.Key, one.Netmap.Self.Key);
    }

    [Fact]
    public async Task Logout_Node_ExpiresAndComesBackAsItself()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);
        await two.WaitForAsync(map => map.HasExactly("one"));
        var before = one.Netmap.Self;

        var answer = await one.LogoutAsync(Token);
        var map = await two.WaitForAsync(map => map.Peer("one").KeyExpiry is not null);
        await one.JoinAsync(Token);
        await two.WaitForAsync(map => map.Peer("one").Key == one.Identity.NodeKey && map.Peer("one").KeyExpiry is null);

        Assert.Equal("", answer.Error);
        Assert.True(map.Peer("one").KeyExpiry > DateTimeOffset.UnixEpoch.AddYears(50));
        Assert.True(one.Identity.OldNodeKey.IsZero);
        AssertSameNode(before, one.Netmap);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    public async Task Logout_EphemeralNode_IsGoneAtOnce()
    {
        await using var server = await TestServer.StartAsync();
        var alice = await server.CreateUserAsync("alice");
        var one = await server.JoinAsync("one", await server.CreateKeyAsync(alice));
        var gone = await server.JoinAsync("gone", await server.CreateKeyAsync(alice, ephemeral: true));
        var id = (await one.WaitForAsync(map => map.HasExactly("gone"))).Peer("gone").Id;

        var answer = await gone.LogoutAsync(Token);
        await one.WaitForAsync(map => map.HasExactly());

        Assert.Equal("", answer.Error);
        Assert.Contains(one.Traffic.Messages, message => message.Message.PeersRemoved?.Contains(id) == true);
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Logout_UnknownNode_Succeeds()
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("one", authKey: null);

        var answer = await node.LogoutAsync(Token);

        Assert.Equal("", answer.Error);
    }

    [Fact]
    public async Task Join_SecondUserOnMachine_IsAnotherNode()
    {
        await using var server = await TestServer.StartAsync();
        var machine = NodeIdentity.Create();
        var alices = await server.JoinAsync("host", await server.CreateUserWithKeyAsync("alice"), identity: machine);
        var bobs = await server.JoinAsync(
            "host", await server.CreateUserWithKeyAsync("bob"), identity: NodeIdentity.Create(machine.MachineKey));

        var map = await alices.WaitForAsync(map => map.Peers.Count == 1);

        Assert.NotEqual(alices.Netmap.Self.Addresses, bobs.Netmap.Self.Addresses);
        Assert.Equal("bob", map.Users[map.Peers.Values.Single().User].LoginName);
        await NetmapOracle.AssertConvergedAsync(alices, bobs);
    }

    private static void AssertSameNode(Protocol.Control.MapNode before, Netmap after)
    {
        Assert.Equal(before.Id, after.Self.Id);
        Assert.Equal(before.StableId, after.Self.StableId);
        Assert.Equal(before.Name, after.Self.Name);
        Assert.Equal(before.Addresses, after.Self.Addresses);
        Assert.Equal(before.User, after.Self.User);
    }
}
