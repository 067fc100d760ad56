using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Registration;

/// <summary>The expiry field: logouts, and wishes to expire sooner.</summary>
public sealed class LogoutTests
{
    [Fact]
    public async Task Logout_Node_ExpiresNowAndStays()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(TimeSpan.FromHours(1));

        var result = await bench.LogoutAsync(7, 70);

        Assert.Equal(RegistrationOutcome.LoggedOut, result.Outcome);
        Assert.Equal(node with { Expiry = bench.Now }, bench.OnlyNode);
    }

    [Fact]
    public async Task Logout_Twice_KeepsTheFirstTime()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.LogoutAsync(7, 70);
        var (expiry, batches) = (bench.OnlyNode.Expiry, bench.Store.Batches.Count);
        bench.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(7, 70)).Outcome);
        Assert.Equal((expiry, batches), (bench.OnlyNode.Expiry, bench.Store.Batches.Count));
    }

    [Fact]
    public async Task Logout_EphemeralNode_IsRemovedWithItsKeyInTheIndex()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync(ephemeral: true));

        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(7, 70)).Outcome);

        Assert.Empty(bench.Nodes);
        Assert.Empty(bench.Store.Rows.Nodes);
        Assert.Equal(RegistrationOutcome.NeedsLogin, (await bench.RegisterAsync(7, 70)).Outcome);
    }

    [Fact]
    public async Task Logout_UnknownNode_Succeeds()
    {
        await using var bench = await RegistrationBench.StartAsync();

        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(7, 70)).Outcome);
        Assert.Empty(bench.Store.Batches);
    }

    [Fact]
    public async Task Logout_NodeKeyOfAnotherMachine_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.RefusedAsync("node exists with a different machine key", bench.LogoutAsync(8, 70), 2);
        Assert.Equal(node, bench.OnlyNode);
    }

    [Fact]
    public async Task Logout_WithAGoodKey_LogsOutAllTheSame()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var key = await bench.KeyAsync(reusable: true);

        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(7, 70, key)).Outcome);
        Assert.True(bench.OnlyNode.IsExpired(bench.Now));
        Assert.Equal(RegistrationOutcome.LoggedOut, (await bench.LogoutAsync(8, 80, key)).Outcome);
        Assert.Single(bench.Nodes);
        Assert.Null(bench.Key(key).UsedAt);
    }

    [Fact]
    public async Task Logout_ThenLoginOfTheSameUser_IsTheSameNodeAgain()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.LogoutAsync(7, 70);

        var back = await bench.JoinAsync(7, 71, await bench.KeyAsync());

        Assert.Equal((node.Id, node.IPv4, node.IPv6, null), (back.Id, back.IPv4, back.IPv6, back.Expiry));
        Assert.Single(bench.Nodes);
    }

    [Fact]
    [Trait("Acceptance", "TestAuthKeyLogoutAndReloginSameUserExpiredKey")]
    public async Task Logout_ThenLoginWithAnExpiredKey_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(lifetime: TimeSpan.FromHours(1));
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.LogoutAsync(7, 70);
        bench.Time.Advance(TimeSpan.FromHours(1));

        await bench.RefusedAsync("authkey expired", bench.RegisterAsync(7, 71, key), bench.Store.Batches.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task SetExpirySooner_NodeHasALaterOneOrNone_IsTaken(bool hasExpiry, bool withKey)
    {
        await using var bench = await RegistrationBench.StartAsync(
            Make.Settings() with { NodeExpiry = hasExpiry ? TimeSpan.FromDays(180) : null });
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);
        var wish = bench.Now.AddHours(1);

        // A client that was started with a key sends it with every request.
        var result = await bench.RegisterAsync(7, Make.Register(70, withKey ? key : null) with { Expiry = wish });

        Assert.Equal((RegistrationOutcome.Authorized, wish), (result.Outcome, result.Entry!.Node.Expiry));
        Assert.Equal(wish, bench.OnlyNode.Expiry);
    }

    [Fact]
    public async Task SetExpirySooner_KeyWasDeleted_IsTaken()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);
        await bench.DeleteKeyAsync(key);
        var wish = bench.Now.AddHours(1);

        await bench.JoinAsync(7, Make.Register(70, key) with { Expiry = wish });

        Assert.Equal(wish, bench.OnlyNode.Expiry);
    }

    [Fact]
    public async Task SetExpirySooner_TaggedNode_IsTaken()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:a"]));
        var wish = bench.Now.AddHours(1);

        await bench.JoinAsync(7, Make.Register(70) with { Expiry = wish });

        Assert.Equal(wish, bench.OnlyNode.Expiry);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SetExpirySooner_Later_IsRefused(bool withKey)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        var key = await bench.KeyAsync();
        var node = await bench.JoinAsync(7, 70, key);

        await bench.RefusedAsync(
            "extending key is not allowed",
            bench.RegisterAsync(7, Make.Register(70, withKey ? key : null) with { Expiry = node.Expiry!.Value.AddSeconds(1) }),
            2);
    }

    [Fact]
    public async Task SetExpirySooner_Same_WritesNothing()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.JoinAsync(7, Make.Register(70) with { Expiry = node.Expiry });

        Assert.Equal(2, bench.Store.Batches.Count);
    }
}
