using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Joining;

/// <summary>Node keys are no secrets: knowing somebody's must grant nothing without the machine key that registered it.</summary>
public sealed class MachineKeyBindingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Map_VictimsNodeKey_IsRefused(bool stream, bool omitPeers)
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var victim = await server.JoinAsync("victim", key);
        var attacker = await server.JoinAsync("attacker", key);
        var before = server.Entry(victim);
        var request = attacker.CreateMapRequest(stream, omitPeers) with
        {
            NodeKey = victim.Identity.NodeKey,
            Hostinfo = new Hostinfo { Hostname = "stolen", Os = "linux" },
            Endpoints = [new IPEndPoint(IPAddress.Parse("198.51.100.66"), 666)],
        };

        var refusal = await Assert.ThrowsAsync<ControlException>(() => attacker.Client.PostMapAsync(request, Token));

        Assert.InRange((int?)refusal.Status ?? 0, 400, 499);
        Assert.NotEqual("", refusal.Body);
        Assert.Same(before.Node, server.Entry(victim).Node);
        Assert.Equal(before.Presence, server.Entry(victim).Presence);
        Assert.Equal(1, victim.Traffic.Streams);
    }

    [Fact]
    public async Task Map_UnknownNodeKey_LooksTheSameAsAVictims()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var victim = await server.JoinAsync("victim", key);
        var attacker = await server.JoinAsync("attacker", key);
        var request = attacker.CreateMapRequest(stream: true, omitPeers: false);

        var known = await RefusalOfAsync(request with { NodeKey = victim.Identity.NodeKey });
        var unknown = await RefusalOfAsync(request with { NodeKey = NodeIdentity.NewNodeKey() });
        var zero = await RefusalOfAsync(request with { NodeKey = default });

        Assert.Equal((known.Status, known.Body), (unknown.Status, unknown.Body));
        Assert.InRange((int?)zero.Status ?? 0, 400, 499);

        Task<ControlException> RefusalOfAsync(MapRequest map) =>
            Assert.ThrowsAsync<ControlException>(() => attacker.Client.PostMapAsync(map, Token));
    }

    [Fact]
    public async Task Register_VictimsNodeKey_ChangesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var victim = await server.JoinAsync("victim", key);
        var attacker = server.NewNode("attacker", key);
        var before = server.Entry(victim);

        foreach (var edit in Attacks(victim.Identity.NodeKey))
        {
            await attacker.Client.GetServerKeyAsync(Token);
            var answer = await attacker.Client.RegisterAsync(edit(attacker.CreateRegisterRequest(key)), Token);

            Assert.NotEqual("", answer.Error);
            Assert.False(answer.MachineAuthorized);
            Assert.Equal(0, answer.User.Id);
            Assert.Same(before.Node, server.Entry(victim).Node);
        }

        Assert.Equal(1, server.Tailnet.Snapshot.Nodes.Count);
    }

    [Fact]
    public async Task Register_VictimsKeyAsOldKey_TakesNothingOver()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateUserWithKeyAsync("alice");
        var victim = await server.JoinAsync("victim", key);
        var before = server.Entry(victim);
        var attacker = await server.JoinAsync(
            "attacker", key, identity: NodeIdentity.Create() with { OldNodeKey = victim.Identity.NodeKey });

        Assert.Same(before.Node, server.Entry(victim).Node);
        Assert.NotEqual(before.Node.IPv4, server.Entry(attacker).Node.IPv4);
    }

    private static IEnumerable<Func<RegisterRequest, RegisterRequest>> Attacks(NodePublicKey victim) =>
    [
        request => request with { NodeKey = victim },
        request => request with { NodeKey = victim, Auth = null },
        request => request with { NodeKey = victim, OldNodeKey = victim },
        request => request with { NodeKey = victim, Expiry = DateTimeOffset.FromUnixTimeSeconds(123) },
        request => request with { NodeKey = victim, Auth = null, Expiry = DateTimeOffset.MaxValue },
    ];
}
