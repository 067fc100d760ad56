using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Registration;

/// <summary>Who becomes an ephemeral node, and that registering counts as being there.</summary>
public sealed class EphemeralTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Join_KeyOrRequestSaysSo_IsEphemeral(bool key, bool request)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var text = await bench.KeyAsync(ephemeral: key);

        var node = await bench.JoinAsync(7, Make.Register(70, text) with { Ephemeral = request });

        Assert.Equal(key || request, node.Ephemeral);
        Assert.Equal(key || request ? bench.Now : null, bench.Snapshot.Nodes.Single().Presence.LastSeen);
    }

    [Fact]
    public async Task Join_Ephemeral_WhenItWasSeenIsStoredWithIt()
    {
        await using var bench = await RegistrationBench.StartAsync();

        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(ephemeral: true));

        Assert.Equal(bench.Now, bench.Store.PresenceOf(node.Id)?.LastSeen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Return_KnownNode_ItsTimeBeginsAnew(bool withKey)
    {
        await using var bench = await RegistrationBench.StartAsync(Settings());
        var key = await bench.KeyAsync(ephemeral: true);
        await bench.JoinAsync(7, 70, key);
        bench.Time.Advance(Timeout - TimeSpan.FromSeconds(1));

        var result = await bench.RegisterAsync(7, 70, withKey ? key : null);

        Assert.Equal(RegistrationOutcome.Authorized, result.Outcome);
        Assert.False(await IsRemovedAsync(bench, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Rotate_NodeThatBecomesEphemeral_ItsTimeBeginsNow()
    {
        await using var bench = await RegistrationBench.StartAsync(Settings());
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(Timeout * 10);

        var back = await bench.JoinAsync(7, 71, await bench.KeyAsync(ephemeral: true));

        Assert.Equal((node.Id, true), (back.Id, back.Ephemeral));
        Assert.False(await IsRemovedAsync(bench, TimeSpan.Zero));
    }

    [Fact]
    public async Task Return_OnlineNode_NeedsNoCommand()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync(ephemeral: true));
        var entry = bench.Snapshot.Nodes.Single();
        Assert.NotNull(await bench.Tailnet.Sessions.OpenAsync(entry, 130, TestContext.Current.CancellationToken));
        var version = bench.Snapshot.Version;

        Assert.Equal(RegistrationOutcome.Authorized, (await bench.RegisterAsync(7, 70)).Outcome);

        Assert.Equal(version, bench.Snapshot.Version);
    }

    [Fact]
    public async Task Return_WasRemoved_HasToLogInAgainAndIsANewNode()
    {
        await using var bench = await RegistrationBench.StartAsync(Settings());
        var key = await bench.KeyAsync(reusable: true, ephemeral: true);
        var node = await bench.JoinAsync(7, 70, key);
        Assert.True(await IsRemovedAsync(bench, EphemeralRule.FirstMapWait));

        Assert.Equal(RegistrationOutcome.NeedsLogin, (await bench.RegisterAsync(7, 70)).Outcome);
        var back = await bench.JoinAsync(7, 70, key);

        Assert.NotEqual(node.Id, back.Id);
        Assert.True(back.Ephemeral);
    }

    [Fact]
    public async Task Return_WasRemovedAndKeyIsSpent_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync(Settings());
        var key = await bench.KeyAsync(ephemeral: true);
        await bench.JoinAsync(7, 70, key);
        Assert.True(await IsRemovedAsync(bench, EphemeralRule.FirstMapWait));

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 70, key), bench.Store.Batches.Count);
    }

    // The machine's stream would come later; what is asked is whether the node would still be there.
    private static Core.Tailnets.TailnetSettings Settings() => Make.Settings() with { EphemeralTimeout = Timeout };

    private static async Task<bool> IsRemovedAsync(RegistrationBench bench, TimeSpan after)
    {
        bench.Time.Advance(after);
        var node = bench.Snapshot.Nodes.SingleOrDefault()?.Id;
        if (node is { } id)
        {
            await bench.Tailnet.ExecuteAsync(new RemoveAwayCommand([id], _ => false), TestContext.Current.CancellationToken);
        }

        return bench.Snapshot.Nodes.Count == 0;
    }
}
