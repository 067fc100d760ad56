using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Support;
using MeshControl.Testing.Time;

namespace MeshControl.Core.Tests.Registration;

/// <summary>Who may use relays, and for how long.</summary>
public sealed class RelayAccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_MayUseRelays_AndNobodyElse()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Assert.Equal((true, true), Ask(bench, 70));
        Assert.Equal((false, false), Ask(bench, 71));
        Assert.False(bench.Relays.MayEnter(default));
    }

    [Fact]
    public async Task Node_WaitsForApproval_MayNotEnter()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { ApprovalRequired = true });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        Assert.Equal((false, false), Ask(bench, 70));

        await bench.Tailnet.ExecuteAsync(new ApproveNodeCommand(node.Id), Cancel);

        Assert.Equal((true, true), Ask(bench, 70));
    }

    [Fact]
    public async Task Node_Deleted_MayNotStay()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(node.Id), Cancel);

        Assert.Equal((false, false), Ask(bench, 70));
    }

    [Fact]
    public async Task Node_Expires_MayNotStay_ThoughNothingHappens()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(180) });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        bench.Time.Advance(node.Expiry!.Value - bench.Now - TimeSpan.FromSeconds(1));
        Assert.Equal((true, true), Ask(bench, 70));

        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false), Ask(bench, 70));
    }

    [Fact]
    public async Task Node_TakesAnotherKey_MayStayWithTheOldOneForAMoment()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.JoinAsync(7, Make.Register(71, await bench.KeyAsync()) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((false, true), Ask(bench, 70));
        Assert.Equal((true, true), Ask(bench, 71));
        bench.Time.Advance(RetiredKeys.Grace - TimeSpan.FromSeconds(1));
        Assert.Equal((false, true), Ask(bench, 70));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false), Ask(bench, 70));
    }

    [Fact]
    public async Task Node_DeletedAfterItTookItsOldKeyAgain_MayNotStay()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.EditNodeAsync(node.Id, one => one with { NodeKey = Make.NodeKey(71) });
        await bench.EditNodeAsync(node.Id, one => one with { NodeKey = Make.NodeKey(70) });
        bench.Time.Advance(RetiredKeys.Grace);

        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(node.Id), Cancel);

        Assert.Equal((false, false), Ask(bench, 70));
        Assert.Equal((false, false), Ask(bench, 71));
    }

    [Fact]
    public void RetiredKeys_OneMoreThanAreKept_CostsTheOldestItsGrace()
    {
        var keys = new RetiredKeys(new ManualTimeProvider());
        for (var i = 0; i < RetiredKeys.Capacity; i++)
        {
            keys.Add(Make.NodeKey(i));
        }

        Assert.True(keys.Contains(Make.NodeKey(0)));
        keys.Add(Make.NodeKey(RetiredKeys.Capacity));

        Assert.False(keys.Contains(Make.NodeKey(0)));
        Assert.True(keys.Contains(Make.NodeKey(1)));
        Assert.True(keys.Contains(Make.NodeKey(RetiredKeys.Capacity)));
    }

    private static (bool Enter, bool Stay) Ask(RegistrationBench bench, int key) =>
        (bench.Relays.MayEnter(Make.NodeKey(key)), bench.Relays.MayStay(Make.NodeKey(key)));
}
