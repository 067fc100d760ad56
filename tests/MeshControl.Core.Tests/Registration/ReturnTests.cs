using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Registration;

/// <summary>Machines that are known already: restarts, rotations, lost answers and expired node keys.</summary>
public sealed class ReturnTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_WithoutKey_ChangesNothing()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(180) });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(TimeSpan.FromDays(10));
        var (batches, before) = (bench.Store.Batches.Count, bench.Snapshot);

        var result = await bench.RegisterAsync(7, Make.Register(70, hostname: "other") with { OldNodeKey = Make.NodeKey(69) });

        Assert.Equal((RegistrationOutcome.Authorized, node), (result.Outcome, result.Entry!.Node));
        Assert.Equal(batches, bench.Store.Batches.Count);
        Assert.Same(before.Nodes, bench.Snapshot.Nodes);
    }

    [Theory]
    [InlineData("spent")]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    [Trait("Acceptance", "TestIssue2830_ExistingNodeReregistersWithExpiredKey")]
    public async Task Restart_WithAKeyThatIsNoLongerGood_IsAccepted(string state)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(lifetime: TimeSpan.FromHours(1));
        var node = await bench.JoinAsync(7, 70, key);
        switch (state)
        {
            case "expired":
                bench.Time.Advance(TimeSpan.FromHours(2));
                break;
            case "revoked":
                await bench.RevokeKeyAsync(key);
                break;
            case "deleted":
                await bench.DeleteKeyAsync(key);
                break;
        }

        Assert.Equal(node, await bench.JoinAsync(7, 70, key));
        Assert.Single(bench.Nodes);
        Assert.Equal(state == "deleted" ? 0 : 1, bench.Store.Rows.Keys.Count);
    }

    [Fact]
    [Trait("Acceptance", "TestReregistrationAppliesDefaultExpiry")]
    public async Task ForceReauth_NewNodeKeyAndGoodKey_RotatesTheNode()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(180) });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(TimeSpan.FromDays(10));
        var second = await bench.KeyAsync();

        var rotated = await bench.JoinAsync(7, Make.Register(71, second) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal((node.Id, node.IPv4, node.IPv6, node.GivenName), (rotated.Id, rotated.IPv4, rotated.IPv6, rotated.GivenName));
        Assert.Equal((Make.NodeKey(71), Make.NlKey(71), bench.Key(second).Id), (rotated.NodeKey, rotated.NetworkLockKey, rotated.AuthKey));
        Assert.Equal((node.CreatedAt, bench.Now.AddDays(180)), (rotated.CreatedAt, rotated.Expiry));
        Assert.NotNull(bench.Key(second).UsedAt);
        Assert.Equal(RegistrationOutcome.NeedsLogin, (await bench.RegisterAsync(7, 70)).Outcome);
    }

    [Fact]
    public async Task ForceReauth_WithoutKey_OldNodeKeyIsServedUntilTheLogin()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());

        var pending = await bench.RegisterAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal(RegistrationOutcome.NeedsLogin, pending.Outcome);
        Assert.Equal(RegistrationOutcome.Authorized, (await bench.RegisterAsync(7, 70)).Outcome);
    }

    [Fact]
    [Trait("Acceptance", "TestReauthPreservesEndpointsWhenClientOmitsThem")]
    [Trait("Acceptance", "TestNetInfoPreservationInRegistrationFlow")]
    public async Task Rotate_PresenceAndDiscoKey_AreKept()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var request = new MapRequest
        {
            Version = 130,
            DiscoKey = Make.Disco(7),
            OmitPeers = true,
            Endpoints = [Make.Endpoint(41641)],
            Hostinfo = new Hostinfo { Hostname = "laptop", Os = "linux", NetInfo = new NetInfo { PreferredDerp = 900, HavePortMap = true } },
        };
        await bench.Tailnet.ExecuteAsync(new UpdateNodeCommand(node.Id, request), Cancel);
        await bench.Tailnet.ExecuteAsync(new SetOnlineCommand([node.Id]), Cancel);

        await bench.JoinAsync(7, 71, await bench.KeyAsync());

        var entry = Assert.Single(bench.Snapshot.Nodes);
        Assert.Equal((900, true), (entry.Presence.HomeDerp, entry.Presence.NetInfo!.HavePortMap));
        Assert.Equal((Make.Disco(7), true), (entry.Node.DiscoKey, entry.Presence.Online));
        Assert.Equal([Make.Endpoint(41641)], entry.Presence.Endpoints);
    }

    [Fact]
    public async Task LostAnswer_SpentKeyNewNodeKeyAndNlKey_SameMachineIsLetIn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(lifetime: TimeSpan.FromHours(1));
        var node = await bench.JoinAsync(7, 70, key);

        var again = await bench.JoinAsync(7, 71, key);
        bench.Time.Advance(TimeSpan.FromHours(2));
        var late = await bench.JoinAsync(7, 72, key);

        Assert.Equal((node.Id, Make.NodeKey(71), Make.NlKey(71)), (again.Id, again.NodeKey, again.NetworkLockKey));
        Assert.Equal((node.Id, Make.NodeKey(72)), (late.Id, late.NodeKey));
        Assert.Single(bench.Nodes);
    }

    [Fact]
    public async Task LostAnswer_TaggedKey_SameMachineIsLetIn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a"]);
        var node = await bench.JoinAsync(7, 70, key);

        Assert.Equal(node.Id, (await bench.JoinAsync(7, 71, key)).Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LostAnswer_KeyHasEnded_WhatTheAdministratorDecidedStays(bool expired)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a"], reusable: expired, lifetime: TimeSpan.FromHours(1));
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new TagNodeCommand(node.Id, ["tag:b"]), Cancel);
        var end = (await bench.Tailnet.ExecuteAsync(new ExpireNodeCommand(node.Id) { Lifetime = TimeSpan.FromDays(1) }, Cancel)).Value;
        bench.Time.Advance(expired ? TimeSpan.FromHours(2) : TimeSpan.Zero);

        var again = await bench.JoinAsync(7, Make.Register(71, key, "other") with { Version = 131, Ephemeral = true });

        Assert.Equal(["tag:b"], again.Tags);
        Assert.Equal((null, end.Node.Expiry, false), (again.Owner, again.Expiry, again.Ephemeral));
        Assert.Equal((node.Id, Make.NodeKey(71), Make.NlKey(71)), (again.Id, again.NodeKey, again.NetworkLockKey));
        Assert.Equal(("other", 131), (again.Hostname, again.CapabilityVersion));
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagAdminOverrideReauthPreserves")]
    [Trait("Acceptance", "TestReAuthDoesNotReapplyTags")]
    public async Task LostAnswer_KeyIsStillGood_IsANewLoginButGivesNoTagsAgain()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a"], reusable: true);
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new TagNodeCommand(node.Id, ["tag:b"]), Cancel);

        Assert.Equal(["tag:b"], (await bench.JoinAsync(7, 71, key)).Tags);
        Assert.Equal(["tag:c"], (await bench.JoinAsync(7, 72, await bench.KeyAsync(tags: ["tag:c"]))).Tags);
    }

    [Fact]
    [Trait("Acceptance", "TestTaggedReauthWithReusedUserPAK")]
    public async Task LostAnswer_SpentKeyOfAUserAndTheNodeWasTagged_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new TagNodeCommand(node.Id, ["tag:b"]), Cancel);

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 71, key), bench.Store.Batches.Count);
        Assert.Equal(["tag:b"], bench.OnlyNode.Tags);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LostAnswer_KeyHasEnded_LoginEndsWhenItWouldHave(bool expired)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(180) });
        var key = await bench.KeyAsync(reusable: expired, lifetime: TimeSpan.FromHours(1));
        var node = await bench.JoinAsync(7, 70, key);
        bench.Time.Advance(TimeSpan.FromDays(expired ? 179 : 0) + TimeSpan.FromMinutes(1));

        var again = await bench.JoinAsync(7, 71, key);

        Assert.Equal((node.Id, node.Owner, node.Expiry), (again.Id, again.Owner, again.Expiry));
    }

    [Fact]
    public async Task LostAnswer_AfterAnotherKeyWasUsed_FirstKeyIsSpentForGood()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var first = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, first);
        await bench.JoinAsync(7, 71, await bench.KeyAsync());

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 72, first), bench.Store.Batches.Count);
    }

    [Fact]
    public async Task LostAnswer_AfterLogout_SpentKeyIsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);
        await bench.LogoutAsync(7, 70);

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 71, key), bench.Store.Batches.Count);
    }

    [Fact]
    public async Task LostAnswer_NodeWasDeleted_SpentKeyIsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new DeleteNodeCommand(node.Id), Cancel);

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 71, key), bench.Store.Batches.Count);
        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, 70, key), bench.Store.Batches.Count);
    }

    [Theory]
    [Trait("Acceptance", "TestExpiredUserNodeReusedOneShotKey_RotatedNodeKey")]
    [Trait("Acceptance", "TestExpiredUserNodeReusedOneShotKey_SameNodeKey")]
    [InlineData(70)]
    [InlineData(71)]
    public async Task Expired_SpentKey_IsRefusedWithOldAndNewNodeKey(int nodeKey)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);
        bench.Time.Advance(TimeSpan.FromDays(1));

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(7, nodeKey, key), bench.Store.Batches.Count);
    }

    [Fact]
    public async Task Expired_WithoutKey_IsToldToMakeANewNodeKey()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1));
        Assert.Equal(RegistrationOutcome.Authorized, (await bench.RegisterAsync(7, 70)).Outcome);
        bench.Time.Advance(TimeSpan.FromMicroseconds(1));

        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 70)).Outcome);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(71)]
    public async Task Expired_GoodKey_IsTheSameNodeAgain(int nodeKey)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(TimeSpan.FromDays(2));

        var back = await bench.JoinAsync(
            7, Make.Register(nodeKey, await bench.KeyAsync()) with { OldNodeKey = Make.NodeKey(nodeKey == 70 ? 69 : 70) });

        Assert.Equal((node.Id, node.IPv4, bench.Now.AddDays(1)), (back.Id, back.IPv4, back.Expiry));
        Assert.Single(bench.Nodes);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("unknown")]
    public async Task Expired_BadKey_IsRefused(string kind)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var key = kind == "expired" ? await bench.KeyAsync(lifetime: TimeSpan.FromDays(1)) : "mckey-auth-nonsense";
        bench.Time.Advance(TimeSpan.FromDays(2));

        await bench.RefusedAsync(
            kind == "expired" ? "authkey expired" : "invalid authkey", bench.RegisterAsync(7, 70, key), bench.Store.Batches.Count);
    }

    [Theory]
    [Trait("Acceptance", "TestPreAuthKeyReauthRejectsNodeKeyClaimedByAnotherMachine")]
    [Trait("Acceptance", "TestPreAuthKeyReauthRejectsVictimNodeKey")]
    [Trait("Acceptance", "TestReauthRejectsNodeKeyClaimedByAnotherMachine")]
    [Trait("Acceptance", "TestRegistrationRejectsNodeKeyClaimedByAnotherMachine")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OtherMachine_ClaimsANodeKey_IsRefusedWhateverItBrings(bool hasANode)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var victim = await bench.JoinAsync(7, 70, key);
        Node[] nodes = hasANode ? [victim, await bench.JoinAsync(8, 80, key)] : [victim];
        var batches = bench.Store.Batches.Count;

        foreach (var request in new[]
        {
            Make.Register(70),
            Make.Register(70, key),
            Make.Register(70, "mckey-auth-nonsense"),
            Make.Register(70) with { Expiry = bench.Now.AddDays(1) },
            Make.Register(70, key) with { Expiry = DateTimeOffset.UnixEpoch.AddSeconds(123) },
        })
        {
            var claim = request with { OldNodeKey = hasANode ? Make.NodeKey(80) : default };
            await bench.RefusedAsync("node exists with a different machine key", bench.RegisterAsync(8, claim), batches);
        }

        Assert.Equal(nodes, bench.Nodes);
        Assert.Equal(victim, await bench.JoinAsync(7, Make.Register(70)));
    }

    [Fact]
    [Trait("Acceptance", "TestReAuthWithDifferentMachineKey")]
    public async Task OtherMachine_NamesANodeKeyAsItsOldOne_TakesNothingOver()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var victim = await bench.JoinAsync(7, 70, await bench.KeyAsync());

        var other = await bench.JoinAsync(
            8, Make.Register(80, await bench.KeyAsync(tags: ["tag:a"])) with { OldNodeKey = Make.NodeKey(70) });

        Assert.NotEqual(victim.Id, other.Id);
        Assert.Equal(victim, bench.Nodes[0]);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeReregistrationWithReusablePreAuthKey")]
    public async Task ReusableKey_SameMachineTwice_IsTheSameNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var node = await bench.JoinAsync(7, 70, key);

        Assert.Equal(node.Id, (await bench.JoinAsync(7, 71, key)).Id);
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyReauthRevertsNodeStoreOnDBFailure")]
    public async Task Rotate_CommitFails_MemoryKeepsTheOldNodeKey()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var key = await bench.KeyAsync();
        bench.Store.FailNextCommit(Core.Storage.CommitOutcome.Unavailable);

        Assert.Equal(RegistrationOutcome.Refused, (await bench.RegisterAsync(7, 71, key)).Outcome);

        Assert.Equal(node, bench.OnlyNode);
        Assert.Equal(RegistrationOutcome.Authorized, (await bench.RegisterAsync(7, 70)).Outcome);
    }
}
