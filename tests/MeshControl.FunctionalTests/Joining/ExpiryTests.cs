using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Joining;

/// <summary>Logins that end by themselves.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestNodeExpiry")]
    public async Task Expiry_Configured_IsToldToNodeAndPeers()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var key = await server.CreateUserWithKeyAsync("alice");
        var one = await server.JoinAsync("one", key);
        var two = await server.JoinAsync("two", key);

        var map = await two.WaitForAsync(map => map.HasExactly("one"));

        Assert.Equal(time.GetUtcNow() + Lifetime, one.Netmap.Self.KeyExpiry);
        Assert.Equal(one.Netmap.Self.KeyExpiry, map.Peer("one").KeyExpiry);
    }

    [Fact]
    public async Task Expiry_OfTaggedNode_IsNever()
    {
        await using var server = await StartAsync(new ManualTimeProvider());

        var web = await server.JoinAsync("web", await server.CreateKeyAsync(owner: null, tags: ["tag:web"]));

        Assert.Null(web.Netmap.Self.KeyExpiry);
    }

    [Fact]
    public async Task Restart_BeforeExpiry_DoesNotMoveIt()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var expiry = one.Netmap.Self.KeyExpiry;

        time.Advance(TimeSpan.FromMinutes(1));
        await one.RestartAsync(Token);

        Assert.Equal(expiry, one.Netmap.Self.KeyExpiry);
    }

    [Fact]
    public async Task Register_ExpiredKeyWithoutAuth_IsToldToMakeANewOne()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var one = await JoinAndExpireAsync(server, time);

        var answer = await one.Client.RegisterAsync(one.CreateRegisterRequest(), Token);

        Assert.True(answer.NodeKeyExpired);
        Assert.False(answer.MachineAuthorized);
        Assert.Equal("", answer.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Register_AfterExpiryWithAuth_IsTheSameNode(bool withNewKey)
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var one = await JoinAndExpireAsync(server, time);
        var before = server.Entry(one).Node;

        // The control client that saw the expiry brings a new key; one that was built since brings the expired one.
        var key = await server.CreateKeyAsync(server.Tailnet.Snapshot.OwnerOf(before));
        await (withNewKey ? one.RotateKeyAsync(key, Token) : one.RegisterAsync(key, Token));
        var after = server.Entry(one).Node;

        Assert.True(one.Registration!.MachineAuthorized);
        Assert.Equal((before.Id, before.IPv4, before.GivenName), (after.Id, after.IPv4, after.GivenName));
        Assert.Equal(time.GetUtcNow() + Lifetime, after.Expiry);
    }

    [Fact]
    public async Task Register_EarlierExpiry_IsAcceptedAndLaterOneNot()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(time);
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        var sooner = time.GetUtcNow() + TimeSpan.FromDays(1);

        var accepted = await one.Client.RegisterAsync(one.CreateRegisterRequest() with { Expiry = sooner }, Token);
        await one.WaitForAsync(map => map.Self.KeyExpiry == sooner);
        var refused = await one.Client.RegisterAsync(one.CreateRegisterRequest() with { Expiry = sooner + Lifetime }, Token);

        Assert.True(accepted.MachineAuthorized);
        Assert.NotEqual("", refused.Error);
        Assert.Equal(sooner, server.Entry(one).Node.Expiry);
    }

    private static Task<TestServer> StartAsync(TimeProvider time) =>
        TestServer.StartAsync(time, options => options with { Node = new NodeOptions { Expiry = Lifetime } });

    private static async Task<SimulatedNode> JoinAndExpireAsync(TestServer server, ManualTimeProvider time)
    {
        var one = await server.JoinAsync("one", await server.CreateUserWithKeyAsync("alice"));
        time.Advance(Lifetime);
        return one;
    }
}
