using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Joining;

public sealed class JoinTests
{
    [Fact]
    public async Task Join_TwoNodes_SeeEachOther()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("One", key);
        var two = await server.JoinAsync("two", key);

        var fromOne = await one.WaitForAsync(map => map.HasExactly("two") && map.Peer("two").Endpoints is { Count: 1 });
        var fromTwo = await two.WaitForAsync(map => map.HasExactly("one"));

        AssertReachable(fromOne.Peer("two"), two.Netmap.Self);
        AssertReachable(fromTwo.Peer("one"), one.Netmap.Self);
        Assert.Equal("one.mesh.internal.", fromOne.Self.Name);
        Assert.Equal("two.mesh.internal.", fromOne.Peer("two").Name);
        await NetmapOracle.AssertConvergedAsync(one, two);
    }

    [Fact]
    [Trait("Acceptance", "TestContentVerification/self_node")]
    [Trait("Acceptance", "TestContentVerification/derp_map")]
    [Trait("Acceptance", "TestContentVerification/domain")]
    [Trait("Acceptance", "TestConsistency/self_node_has_correct_hostname")]
    [Trait("Acceptance", "TestMapResponseBuilder_Basic")]
    [Trait("Acceptance", "TestConnectionLifecycle/single_node")]
    public async Task Join_FirstMap_HasEverythingAClientNeeds()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        var first = node.Traffic.Messages[0].Message;
        var user = Assert.Single(first.UserProfiles!);

        Assert.NotNull(first.Node);
        Assert.NotEqual("", first.Node.StableId);
        Assert.True(first.Node.MachineAuthorized);
        Assert.Equal(node.Identity.NodeKey, first.Node.Key);
        Assert.Equal(node.Identity.Machine, first.Node.Machine);
        Assert.Equal(user.Id, first.Node.User);
        Assert.Equal("alice", user.LoginName);
        Assert.Contains(TestServer.DerpRegion, first.DerpMap!.Regions!.Keys);
        Assert.True(first.DnsConfig!.Proxied);
        Assert.Equal(TestServer.BaseDomain, first.DnsConfig.Domains![0]);
        Assert.NotEqual("", first.Domain);
        Assert.NotEmpty(node.Netmap.Filters);
        Assert.True(first.ControlTime > WireTime.Zero);
    }

    [Fact]
    public async Task Join_Answer_NamesUserAndLogin()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));

        Assert.True(node.Registration!.MachineAuthorized);
        Assert.False(node.Registration.NodeKeyExpired);
        Assert.True(node.Registration.User.Id > 0);
        Assert.Equal("alice", node.Registration.Login.LoginName);
        Assert.Equal("", node.Registration.AuthUrl);
    }

    [Fact]
    [Trait("Acceptance", "TestIssuesIdentity/same_hostname_gets_unique_given_names")]
    public async Task Join_SameHostname_GetsAnotherName()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("host", key);
        await server.JoinAsync("host", key);

        await one.WaitForAsync(map => map.HasExactly("host-1"));
    }

    [Fact]
    public async Task Join_TaggedKey_MakesNodeWithoutUser()
    {
        await using var server = await TestServer.StartAsync();
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var web = await server.JoinAsync("web", await server.CreateKeyAsync(owner: null, tags: ["tag:web"]));

        var map = await one.WaitForAsync(map => map.HasExactly("web"));

        Assert.Equal(["tag:web"], web.Netmap.Self.Tags!);
        Assert.Equal(["tag:web"], map.Peer("web").Tags!);
        Assert.Equal("tagged-devices", map.Users[map.Peer("web").User].LoginName);
        Assert.NotEqual("", web.Registration!.Login.LoginName);
    }

    [Fact]
    public async Task Join_UnknownKey_IsRefusedWithSentence()
    {
        await using var server = await TestServer.StartAsync();
        var node = server.NewNode("one", "hskey-auth-nonsense");

        var refusal = await Assert.ThrowsAsync<ControlException>(() => node.JoinAsync(TestContext.Current.CancellationToken));

        Assert.NotEqual("", refusal.Message);
        Assert.Null(refusal.Status);
        Assert.Equal(0, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    [Trait("Acceptance", "TestGitHubIssue2830_ExistingNodeCanReregisterWithUsedPreAuthKey")]
    public async Task Join_OneShotKeyUsed_IsRefusedToAnotherMachineOnly()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateKeyAsync(await server.CreateUserAsync("alice"), reusable: false);
        var first = server.NewNode("one", key);
        await first.RegisterAsync(key, TestContext.Current.CancellationToken);
        var addresses = server.Entry(first).Node.IPv4;

        // The answer was lost, so the client comes back with other keys: only the machine is the same.
        var again = server.NewNode("one", key, identity: first.Identity.AfterRefusal());
        await again.JoinAsync(TestContext.Current.CancellationToken);
        var other = server.NewNode("two", key);
        var refusal = await Assert.ThrowsAsync<ControlException>(() => other.JoinAsync(TestContext.Current.CancellationToken));

        Assert.Equal("authkey already used", refusal.Message);
        Assert.Equal(addresses, server.Entry(again).Node.IPv4);
        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Theory]
    [InlineData(113)]
    [InlineData(130)]
    [InlineData(138)]
    [InlineData(142)]
    [InlineData(200)]
    public async Task Join_SupportedVersion_Works(int version)
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var old = await server.JoinAsync("old", key, options => options with { Endpoint = options.Endpoint with { Version = version } });

        await one.WaitForAsync(map => map.FindPeer("old")?.Cap == version);
        await NetmapOracle.AssertConvergedAsync(one, old);
    }

    [Fact]
    public async Task Register_VersionTooOld_IsToldInASentence()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var node = server.NewNode("old", key, TooOld);

        var refusal = await Assert.ThrowsAsync<ControlException>(() => node.RegisterAsync(key, TestContext.Current.CancellationToken));

        Assert.Null(refusal.Status);
        Assert.Contains("1.80", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Map_VersionTooOld_Is400WithText()
    {
        await using var server = await TestServer.StartAsync();
        var node = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var request = node.CreateMapRequest(stream: true, omitPeers: false) with { Version = CapabilityVersions.Minimum - 1 };

        var refusal = await Assert.ThrowsAsync<ControlException>(
            () => node.Client.PostMapAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.BadRequest, refusal.Status);
        Assert.Contains("1.80", refusal.Body, StringComparison.Ordinal);
    }

    private static SimulatedNodeOptions TooOld(SimulatedNodeOptions options) =>
        options with { Endpoint = options.Endpoint with { Version = CapabilityVersions.Minimum - 1 } };

    private static void AssertReachable(MapNode peer, MapNode self)
    {
        Assert.Equal(self.Key, peer.Key);
        Assert.Equal(self.Addresses, peer.Addresses);
        Assert.Equal(self.Name, peer.Name);
        Assert.True(peer.Id > 0);
        Assert.True(peer.Online);
        Assert.True(peer.MachineAuthorized);
        Assert.False(peer.DiscoKey.IsZero);
        Assert.Equal(TestServer.DerpRegion, peer.HomeDerp);
        Assert.Equal(CapabilityVersions.Latest, peer.Cap);
        Assert.EndsWith(".", peer.Name, StringComparison.Ordinal);
        Assert.All(peer.Addresses!, address => Assert.True(address.IsSingleAddress));
        Assert.All(peer.Addresses!, address => Assert.Contains(address, peer.AllowedIps!));
        Assert.False(peer.Addresses![0].IsIPv6);
        Assert.Contains(peer.Hostinfo!.Services!, service => service.Proto == ServiceProtocols.PeerApi4);
        Assert.Equal("linux", peer.Hostinfo.Os);
    }
}
