using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Registration;

/// <summary>Several users and tags on one machine: who gets whose node, and who never does.</summary>
public sealed class OwnershipTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OtherUser_SameMachine_NewNodeAndTheOldOneStays(bool expired)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(1) });
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        bench.Time.Advance(expired ? TimeSpan.FromDays(2) : TimeSpan.Zero);
        var key = await bench.KeyAsync(RegistrationBench.Berta);

        // A login that goes on with the node key it has is told to make a new one, at the key's cost of nothing.
        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 70, key)).Outcome);
        Assert.Null(bench.Key(key).UsedAt);
        var bertas = await bench.JoinAsync(7, Make.Register(71, key) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal([annas, bertas], bench.Nodes);
        Assert.Equal([1L, 2L], bench.Nodes.Select(node => node.Owner!.Value.Value));
        Assert.NotEqual(annas.IPv4, bertas.IPv4);
        Assert.Equal("laptop-1", bertas.GivenName);
    }

    [Fact]
    [Trait("Acceptance", "TestNetInfoPreservationInRegistrationFlow")]
    public async Task OtherUser_SameMachine_NewNodeBeginsWithWhatTheMachineReportedLast()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await ReportAsync(await bench.JoinAsync(7, 70, await bench.KeyAsync()), region: 7);
        await bench.LogoutAsync(7, 70);
        bench.Time.Advance(TimeSpan.FromHours(1));
        await ReportAsync(await bench.JoinAsync(7, 71, await bench.KeyAsync(tags: ["tag:web"])), region: 5);

        // The client says again what its network is like when that changes, not when somebody else logs in.
        var bertas = await bench.JoinAsync(7, 72, await bench.KeyAsync(RegistrationBench.Berta));
        var stranger = await bench.JoinAsync(8, 80, await bench.KeyAsync(RegistrationBench.Berta));

        Assert.Equal((5, 5), (PresenceOf(bertas).HomeDerp, PresenceOf(bertas).NetInfo!.PreferredDerp));
        Assert.Equal(5, bench.Store.PresenceOf(bertas.Id)!.HomeDerp);
        Assert.Equal((null, false), (PresenceOf(bertas).LastSeen, PresenceOf(bertas).Online));
        Assert.Equal(NodePresence.None, PresenceOf(stranger));

        NodePresence PresenceOf(Node node) => bench.Snapshot.Nodes.Single(entry => entry.Id == node.Id).Presence;

        async Task ReportAsync(Node node, int region)
        {
            var report = new MapRequest { OmitPeers = true, Hostinfo = new Hostinfo { NetInfo = new NetInfo { PreferredDerp = region } } };
            await bench.Tailnet.ExecuteAsync(new UpdateNodeCommand(node.Id, report), TestContext.Current.CancellationToken);
            await bench.Tailnet.ExecuteAsync(new SetOnlineCommand([node.Id]), TestContext.Current.CancellationToken);
            await bench.Tailnet.ExecuteAsync(
                new SetOfflineCommand(new Dictionary<NodeId, DateTimeOffset> { [node.Id] = bench.Now }, _ => false), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task OtherUser_LostAnswerAndOldProfile_SpentKeyStillLeadsToTheNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var key = await bench.KeyAsync(RegistrationBench.Berta);
        var bertas = await bench.JoinAsync(7, 71, key);

        // The client lost the answer and comes back with the node key of the profile that it still knows.
        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 70, key)).Outcome);

        Assert.Equal(bertas.Id, (await bench.JoinAsync(7, 72, key)).Id);
    }

    [Fact]
    public async Task OtherUser_ComesBack_FindsItsOwnNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var bertas = await bench.JoinAsync(7, 71, await bench.KeyAsync(RegistrationBench.Berta));

        Assert.Equal(annas.Id, (await bench.JoinAsync(7, 72, await bench.KeyAsync())).Id);
        Assert.Equal(bertas.Id, (await bench.JoinAsync(7, 73, await bench.KeyAsync(RegistrationBench.Berta))).Id);
        Assert.Equal(2, bench.Nodes.Length);
    }

    [Fact]
    [Trait("Acceptance", "TestPreAuthKeyLogoutAndReloginDifferentUser")]
    public async Task Logout_AllMachinesReloginAsOneUser_OldNodesOfTheOtherStayExpired()
    {
        await using var bench = await RegistrationBench.StartAsync();
        foreach (var machine in new[] { 1, 2, 3, 4 })
        {
            await bench.JoinAsync(machine, machine * 10, await bench.KeyAsync(machine <= 2 ? RegistrationBench.Anna : RegistrationBench.Berta));
            await bench.LogoutAsync(machine, machine * 10);
        }

        foreach (var machine in new[] { 1, 2, 3, 4 })
        {
            await bench.JoinAsync(machine, (machine * 10) + 1, await bench.KeyAsync());
        }

        Assert.Equal(4, bench.Nodes.Count(node => node.Owner == new UserId(1) && !node.IsExpired(bench.Now)));
        Assert.Equal(2, bench.Nodes.Count(node => node.Owner == new UserId(2) && node.IsExpired(bench.Now)));
    }

    [Theory]
    [Trait("Acceptance", "TestTaggedPAKReauthConvertsUserOwnedNode")]
    [Trait("Acceptance", "TestExpiryDuringPersonalToTaggedConversion")]
    [InlineData(70, 0)]
    [InlineData(71, 70)]
    public async Task TaggedKey_DuringALogin_ConvertsTheNode(int nodeKey, int oldNodeKey)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(90) });
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var key = await bench.KeyAsync(tags: ["tag:web"]);

        var tagged = await bench.JoinAsync(
            7, Make.Register(nodeKey, key) with { OldNodeKey = oldNodeKey == 0 ? default : Make.NodeKey(oldNodeKey) });

        Assert.Equal(tagged, bench.OnlyNode);
        Assert.Equal((annas.Id, annas.IPv4, null, null), (tagged.Id, tagged.IPv4, tagged.Owner, tagged.Expiry));
        Assert.Equal(["tag:web"], tagged.Tags);
        Assert.NotNull(bench.Key(key).UsedAt);
    }

    [Fact]
    public async Task TaggedKey_AfterLogout_MakesASecondNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.LogoutAsync(7, 70);

        var tagged = await bench.JoinAsync(7, 71, await bench.KeyAsync(RegistrationBench.Berta, tags: ["tag:web"]));

        Assert.Equal([annas.Id, tagged.Id], bench.Nodes.Select(node => node.Id));
        Assert.Equal((new UserId(1), null), (bench.Nodes[0].Owner, bench.Nodes[1].Owner));
    }

    [Fact]
    [Trait("Acceptance", "TestTaggedReauthKeepsNilExpiry")]
    [Trait("Acceptance", "TestTaggedNodeReauthPreservesDisabledExpiry")]
    public async Task TaggedKey_TaggedNodeAfterLogout_IsTheSameNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var tagged = await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:web"]));
        await bench.LogoutAsync(7, 70);

        var back = await bench.JoinAsync(7, 71, await bench.KeyAsync(tags: ["tag:db"]));

        Assert.Equal((tagged.Id, null), (back.Id, back.Expiry));
        Assert.Equal(["tag:db"], back.Tags);
    }

    [Theory]
    [Trait("Acceptance", "TestTaggedReauthWithReusedUserPAK")]
    [Trait("Acceptance", "TestReusableUserPAKReauthOnTaggedNodeNoDuplicate")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UserKey_OnATaggedNode_ConvertsNothing(bool spent)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var userKey = await bench.KeyAsync();
        if (spent)
        {
            await bench.JoinAsync(7, 70, userKey);
            await bench.EditNodeAsync(bench.OnlyNode.Id, node => node with { Owner = null, Tags = ["tag:web"] });
        }
        else
        {
            await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:web"]));
        }

        var node = await bench.JoinAsync(7, 70, userKey);

        Assert.Equal(node, bench.OnlyNode);
        Assert.Equal(["tag:web"], node.Tags);
        Assert.Null(node.Owner);
    }

    [Fact]
    [Trait("Acceptance", "TestHandleNodeFromPreAuthKey_OldUserNil_NoPanic")]
    public async Task UserKey_OnAnExpiredTaggedNode_MakesAnotherNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var tagged = await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:web"]));
        await bench.EditNodeAsync(tagged.Id, node => node with { Expiry = bench.Now });
        var key = await bench.KeyAsync();

        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 70, key)).Outcome);
        var annas = await bench.JoinAsync(7, Make.Register(71, key) with { OldNodeKey = Make.NodeKey(70) });

        Assert.Equal([tagged.Id, annas.Id], bench.Nodes.Select(node => node.Id));
        Assert.Equal(["tag:web"], bench.Nodes[0].Tags);
    }

    [Fact]
    public async Task TaggedKey_MachineHasATaggedNodeToo_ThatOneIsRotated()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var tagged = await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:web"]));
        var annas = await bench.JoinAsync(7, 71, await bench.KeyAsync());
        var key = await bench.KeyAsync(tags: ["tag:db"]);

        Assert.Equal(RegistrationOutcome.KeyExpired, (await bench.RegisterAsync(7, 71, key)).Outcome);
        var back = await bench.JoinAsync(7, Make.Register(72, key) with { OldNodeKey = Make.NodeKey(71) });

        Assert.Equal(tagged.Id, back.Id);
        Assert.Equal([back, annas], bench.Nodes);
    }

    [Theory]
    [Trait("Acceptance", "TestTaggedPAKReauthRejectsAmbiguousMultiUserNode")]
    [InlineData(0, 0)]
    [InlineData(70, 1)]
    [InlineData(71, 2)]
    public async Task TaggedKey_MachineHasNodesOfTwoUsers_OnlyTheLoginThatItFollowsIsConverted(int oldNodeKey, long converted)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var bertas = await bench.JoinAsync(7, 71, await bench.KeyAsync(RegistrationBench.Berta));

        var tagged = await bench.JoinAsync(7, Make.Register(72, await bench.KeyAsync(user: null, tags: ["tag:web"])) with
        {
            OldNodeKey = oldNodeKey == 0 ? default : Make.NodeKey(oldNodeKey),
        });

        // Without a login to follow nobody can know which of the two is meant, so it is neither.
        Assert.Equal(converted == 0 ? 3 : converted, tagged.Id.Value);
        Assert.All(new[] { annas, bertas }.Where(node => node.Id != tagged.Id), node => Assert.Contains(node, bench.Nodes));
    }

    [Fact]
    [Trait("Acceptance", "TestAuthPathRejectsTaggedAndUserCoexistence")]
    public async Task UserKey_MachineHasATaggedNodeAndAnotherUsers_BothStay()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var annas = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        var tagged = await bench.JoinAsync(7, 71, await bench.KeyAsync(tags: ["tag:web"]));

        var bertas = await bench.JoinAsync(
            7, Make.Register(72, await bench.KeyAsync(RegistrationBench.Berta)) with { OldNodeKey = Make.NodeKey(71) });

        Assert.Equal([annas, tagged, bertas], bench.Nodes);
    }

    [Fact]
    public async Task TaggedKey_SeveralTaggedNodes_TheOneThatLogsInIsRotated()
    {
        await using var bench = await RegistrationBench.StartAsync();
        await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: ["tag:web"]));
        var second = await bench.JoinAsync(7, 71, await bench.KeyAsync());
        await bench.EditNodeAsync(second.Id, node => node with { Owner = null, Tags = ["tag:web"] });
        var key = await bench.KeyAsync(tags: ["tag:web"]);

        var rotated = await bench.JoinAsync(7, Make.Register(72, key) with { OldNodeKey = Make.NodeKey(71) });
        var retried = await bench.JoinAsync(7, Make.Register(73, key) with { OldNodeKey = Make.NodeKey(71) });

        Assert.Equal((second.Id, second.Id), (rotated.Id, retried.Id));
    }

    [Fact]
    public async Task Tags_AndOwner_ExcludeEachOther()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var (user, tagged) = (await bench.KeyAsync(reusable: true), await bench.KeyAsync(tags: ["tag:a"], reusable: true));
        var random = new Random(11);
        for (var step = 0; step < 200; step++)
        {
            var machine = random.Next(1, 5);
            var request = Make.Register(random.Next(1, 8) + (machine * 100), random.Next(2) == 0 ? user : tagged) with
            {
                OldNodeKey = random.Next(2) == 0 ? default : Make.NodeKey(random.Next(1, 8) + (machine * 100)),
            };
            await bench.RegisterAsync(machine, request);
            Assert.All(bench.Nodes, node => Assert.Equal(node.IsTagged, node.Owner is null));
        }

        Assert.True(bench.Nodes.Length <= 8, "A machine has one node per user and one tagged one.");
    }
}
