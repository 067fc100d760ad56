using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Policy.Approval;

namespace MeshControl.Core.Tests.Registration;

/// <summary>New devices that wait until an administrator approves them.</summary>
public sealed class DeviceApprovalTests
{
    private const string Rejected = "an administrator rejected this device";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_ApprovalIsNotRequired_WaitsForNobody()
    {
        await using var bench = await RegistrationBench.StartAsync();

        Assert.False((await bench.JoinAsync(7, 70, await bench.KeyAsync())).NeedsApproval);
        Assert.False((await bench.LogInAsync(8, Make.Register(80))).NeedsApproval);
    }

    [Fact]
    public async Task Register_ApprovalIsRequired_IsRegisteredAndWaits()
    {
        await using var bench = await StartAsync();

        var byKey = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var byLogin = await bench.LogInAsync(8, Make.Register(80));

        Assert.True(byKey.NeedsApproval);
        Assert.True(byLogin.NeedsApproval);
        Assert.Equal([byKey, byLogin], bench.Nodes);
    }

    [Fact]
    public async Task Approve_NodeThatWaits_IsInAndStaysIn()
    {
        await using var bench = await StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await ApproveAsync(bench, node.Id);
        await ApproveAsync(bench, node.Id);

        Assert.False(bench.OnlyNode.NeedsApproval);

        // A restart, a new key, an expiry, a logout.
        await bench.RestartAsync();
        Assert.False((await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) })).NeedsApproval);
        await bench.EditNodeAsync(node.Id, one => one with { Expiry = bench.Now });
        Assert.False((await bench.JoinAsync(7, 72, await bench.KeyAsync())).NeedsApproval);
        await bench.LogoutAsync(7, 72);
        Assert.False((await bench.JoinAsync(7, 73, await bench.KeyAsync())).NeedsApproval);
        Assert.Equal(node.Id, bench.OnlyNode.Id);
    }

    [Fact]
    public async Task Register_ApprovedDeviceOfSomebodyElse_IsAnotherDevice()
    {
        await using var bench = await StartAsync();
        await ApproveAsync(bench, (await bench.JoinAsync(7, 70, await bench.KeyAsync())).Id);

        Assert.True((await bench.LogInAsync(7, Make.Register(71), RegistrationBench.Berta)).NeedsApproval);
    }

    [Fact]
    public async Task Register_WhileItWaits_GoesOnWaiting()
    {
        await using var bench = await StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.RestartAsync();
        Assert.Equal(RegistrationOutcome.Authorized, (await bench.RegisterAsync(7, 70)).Outcome);
        await bench.JoinAsync(7, 71, await bench.KeyAsync());

        Assert.True(bench.OnlyNode.NeedsApproval);
        Assert.Equal(node.Id, bench.OnlyNode.Id);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(71)]
    public async Task Register_PreapprovedKeyOnADeviceThatWaits_ApprovesIt(int nodeKey)
    {
        await using var bench = await StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Assert.False((await bench.JoinAsync(7, nodeKey, await bench.KeyAsync(preapproved: true))).NeedsApproval);
    }

    [Fact]
    public async Task Register_SpentPreapprovedKeyOnADeviceThatWaits_DoesNotApproveIt()
    {
        await using var bench = await StartAsync();
        var key = await bench.KeyAsync(preapproved: true);
        Assert.False((await bench.JoinAsync(8, 80, key)).NeedsApproval);
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Assert.Equal("authkey already used", (await bench.RegisterAsync(7, 70, key)).Message);

        Assert.True(bench.Nodes[1].NeedsApproval);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_TaggedByAKey_WaitsUnlessTheKeyIsPreapproved(bool preapproved)
    {
        await using var bench = await StartAsync();

        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(user: null, tags: ["tag:a"], preapproved: preapproved));

        Assert.Equal(!preapproved, node.NeedsApproval);
    }

    [Theory]
    [InlineData("anna@", false)]
    [InlineData("autogroup:member", false)]
    [InlineData("autogroup:owner", true)]
    [InlineData("group:it", true)]
    [InlineData("tag:a", true)]
    [InlineData("berta@", true)]
    public async Task Register_DeviceOfAUser_WaitsUnlessExempt(string exempt, bool waits)
    {
        await using var bench = await StartAsync(exempt);

        Assert.Equal(waits, (await bench.JoinAsync(7, 70, await bench.KeyAsync())).NeedsApproval);
        Assert.Equal(waits, (await bench.LogInAsync(8, Make.Register(80))).NeedsApproval);
    }

    [Fact]
    public async Task Register_TagIsExempt_WaitsForNobody()
    {
        await using var bench = await StartAsync("tag:a");

        Assert.False((await bench.JoinAsync(7, 70, await bench.KeyAsync(user: null, tags: ["tag:a"]))).NeedsApproval);
        Assert.True((await bench.JoinAsync(8, 80, await bench.KeyAsync(user: null, tags: ["tag:b"]))).NeedsApproval);
    }

    [Fact]
    public async Task Register_MemberOfAnExemptGroup_WaitsForNobody()
    {
        await using var bench = await StartAsync("group:it");
        Assert.Null((await bench.Tailnet.Policies.SetAsync("""{"groups": {"group:it": ["anna@"]}}""", "test", Cancel)).Error);

        Assert.False((await bench.JoinAsync(7, 70, await bench.KeyAsync())).NeedsApproval);
        Assert.True((await bench.JoinAsync(8, 80, await bench.KeyAsync(RegistrationBench.Berta))).NeedsApproval);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TurnedOff_ThoseThatWaitAreLetInForGood(bool byRestart)
    {
        await using var bench = await StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Func<TailnetSettings, TailnetSettings> off = settings => settings with { ApprovalRequired = false };
        await (byRestart ? bench.RestartAsync(off) : bench.ReloadAsync(off));
        Assert.False(bench.OnlyNode.NeedsApproval);

        await bench.ReloadAsync(settings => settings with { ApprovalRequired = true });
        await bench.RestartAsync();
        Assert.False(bench.OnlyNode.NeedsApproval);
    }

    [Fact]
    public async Task TurnedOn_ThoseThatAreThereStay()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        await bench.ReloadAsync(settings => settings with { ApprovalRequired = true });

        Assert.False(bench.OnlyNode.NeedsApproval);
        Assert.True((await bench.JoinAsync(8, 80, await bench.KeyAsync())).NeedsApproval);
    }

    [Fact]
    public async Task Exempted_WhileItWaits_IsLetIn()
    {
        await using var bench = await StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.JoinAsync(8, 80, await bench.KeyAsync(RegistrationBench.Berta));

        await bench.ReloadAsync(settings => settings with { Approved = ApprovedDevices.Of(["berta@"]) });

        Assert.Equal([true, false], bench.Nodes.Select(node => node.NeedsApproval));
    }

    [Fact]
    public async Task Reject_NodeThatWaits_IsGoneAndTheNextLoginSaysWhy()
    {
        await using var bench = await StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        Assert.Equal(node, (await bench.Tailnet.RejectAsync(node.Id, Cancel)).Value.Node);

        Assert.Empty(bench.Nodes);
        Assert.Equal((RegistrationOutcome.Refused, Rejected), await AskAsync(bench, 71));
        Assert.True((await bench.LogInAsync(7, Make.Register(71))).NeedsApproval);
    }

    [Fact]
    public async Task Reject_MachineWithAKey_IsNotBackByItsKeyButByAPreapprovedOne()
    {
        await using var bench = await StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.RejectAsync(node.Id, Cancel);

        Assert.Equal((RegistrationOutcome.Refused, Rejected), await AskAsync(bench, 71, key));
        Assert.Equal((RegistrationOutcome.Refused, Rejected), await AskAsync(bench, 71, key));
        Assert.False((await bench.JoinAsync(7, 72, await bench.KeyAsync(preapproved: true))).NeedsApproval);
        await bench.JoinAsync(8, 80, key);
    }

    [Fact]
    public async Task Reject_ApprovedOrUnknownNode_IsRefused()
    {
        await using var bench = await StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(preapproved: true));

        var approved = (await bench.Tailnet.RejectAsync(node.Id, Cancel)).Error!;
        var unknown = (await bench.Tailnet.RejectAsync(new NodeId(999), Cancel)).Error!;

        Assert.Equal(
            (CoreErrorKind.Refused, "The node laptop waits for no approval; `meshctl nodes delete --identifier 1` removes it."), (approved.Kind, approved.Message));
        Assert.Equal(NodeErrors.Unknown(new NodeId(999)), unknown);
        Assert.Single(bench.Nodes);
        Assert.Equal(
            NodeErrors.Unknown(new NodeId(999)), (await bench.Tailnet.ExecuteAsync(new ApproveNodeCommand(new NodeId(999)), Cancel)).Error);
    }

    [Fact]
    public void Reject_MoreThanAreRemembered_TheOldestIsForgotten()
    {
        var rejected = new RejectedMachines();
        for (var machine = 0; machine <= RejectedMachines.Capacity; machine++)
        {
            rejected.Add(Make.Machine(machine));
        }

        Assert.False(rejected.Contains(Make.Machine(0)));
        Assert.True(rejected.Remove(Make.Machine(1)));
        Assert.False(rejected.Remove(Make.Machine(1)));
        Assert.True(rejected.Contains(Make.Machine(RejectedMachines.Capacity)));
    }

    private static Task<RegistrationBench> StartAsync(params string[] exempt) =>
        RegistrationBench.StartAsync(Make.Settings() with { ApprovalRequired = true, Approved = ApprovedDevices.Of(exempt) });

    private static async Task ApproveAsync(RegistrationBench bench, NodeId id) =>
        Assert.False((await bench.Tailnet.ExecuteAsync(new ApproveNodeCommand(id), Cancel)).Value.Node.NeedsApproval);

    private static async Task<(RegistrationOutcome, string)> AskAsync(RegistrationBench bench, int nodeKey, string? key = null)
    {
        var result = await bench.RegisterAsync(7, nodeKey, key);
        return (result.Outcome, result.Message);
    }
}
