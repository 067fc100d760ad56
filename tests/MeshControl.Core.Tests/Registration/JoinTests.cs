using MeshControl.Core.Registration;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Registration;

/// <summary>First logins with a pre-auth key: what becomes of the node, and who is kept out.</summary>
public sealed class JoinTests
{
    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRegisterNoTags")]
    [Trait("Acceptance", "TestUserOwnedNodeCreatedWithUntaggedPreAuthKey")]
    public async Task Register_NewMachineWithKey_MakesANode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();

        var node = await bench.JoinAsync(7, 70, key);

        Assert.Equal(node, bench.OnlyNode);
        Assert.Equal((1, Make.Machine(7), Make.NodeKey(70)), (node.Owner!.Value.Value, node.MachineKey, node.NodeKey));
        Assert.Equal(("laptop", "100.64.0.1", "fd7a:115c:a1e0::1"), (node.GivenName, node.IPv4!.ToString(), node.IPv6!.ToString()));
        Assert.Equal((Make.NlKey(70), 130, bench.Now), (node.NetworkLockKey, node.CapabilityVersion, node.CreatedAt));
        Assert.Equal((null, false, bench.Key(key).Id), (node.Expiry, node.Ephemeral, node.AuthKey));
        Assert.True(node.DiscoKey.IsZero);
        Assert.Equal(bench.Now, bench.Key(key).UsedAt);
    }

    [Fact]
    public async Task Register_NewMachineWithKey_NodeAndSpentKeyAreOneCommit()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);

        var batch = bench.Store.Batches[^1];

        Assert.Single(batch.Nodes);
        Assert.NotNull(Assert.Single(batch.PreAuthKeys).Entity.UsedAt);
    }

    [Fact]
    public async Task Register_CommitFails_KeyIsNotSpent()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        bench.Store.FailNextCommit(Core.Storage.CommitOutcome.Unavailable);

        var refused = await bench.RegisterAsync(7, 70, key);

        Assert.Equal(RegistrationOutcome.Refused, refused.Outcome);
        Assert.Empty(bench.Nodes);
        Assert.Null(bench.Key(key).UsedAt);
        await bench.JoinAsync(8, 80, key);
    }

    [Fact]
    public async Task Register_WithoutKey_NeedsLogin()
    {
        await using var bench = await RegistrationBench.StartAsync();

        var result = await bench.RegisterAsync(7, 70);

        Assert.Equal(RegistrationOutcome.NeedsLogin, result.Outcome);
        Assert.Empty(bench.Nodes);
    }

    [Fact]
    public async Task Register_ZeroNodeKey_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();

        await bench.RefusedAsync(
            "the request has no node key", bench.RegisterAsync(7, Make.Register(70, key) with { NodeKey = default }), 1);
    }

    [Fact]
    public async Task Register_UnknownKey_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();

        await bench.RefusedAsync("invalid authkey", bench.RegisterAsync(7, 70, "mckey-auth-nonsense"), 0);
    }

    [Fact]
    public async Task Register_DeletedKey_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.DeleteKeyAsync(key);

        await bench.RefusedAsync("invalid authkey", bench.RegisterAsync(7, 70, key), 2);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeReregistrationWithExpiredPreAuthKey")]
    public async Task Register_ExpiredKey_IsRefusedFromItsLastMomentOn()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true, lifetime: TimeSpan.FromHours(1));
        bench.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMicroseconds(1));
        await bench.JoinAsync(7, 70, key);
        bench.Time.Advance(TimeSpan.FromMicroseconds(1));

        await bench.RefusedAsync("authkey expired", bench.RegisterAsync(8, 80, key), 2);
    }

    [Fact]
    public async Task Register_RevokedKey_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        await bench.RevokeKeyAsync(key);

        await bench.RefusedAsync("authkey revoked", bench.RegisterAsync(7, 70, key), 2);
    }

    [Fact]
    public async Task Register_SpentKeyFromAnotherMachine_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        await bench.JoinAsync(7, 70, key);

        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(8, 80, key), 2);
    }

    [Fact]
    public async Task Register_ReusableKeyFromSeveralMachines_MakesSeveralNodes()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        await bench.JoinAsync(7, 70, key);
        var used = bench.Key(key).UsedAt;
        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.JoinAsync(8, 80, key);

        Assert.Equal(["laptop", "laptop-1"], bench.Nodes.Select(node => node.GivenName));
        Assert.Equal(used, bench.Key(key).UsedAt);
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagNoAdvertiseFlag")]
    [Trait("Acceptance", "TestTaggedPreAuthKeyCreatesTaggedNode")]
    public async Task Register_TaggedKey_NodeHasTagsAndNoOwner()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:web", "tag:db", "tag:web"]);

        var node = await bench.JoinAsync(7, 70, key);

        Assert.Null(node.Owner);
        Assert.Equal(["tag:db", "tag:web"], node.Tags);
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutUserInheritsTags")]
    public async Task Register_TaggedKeyWithoutUser_IsEnough()
    {
        await using var bench = await RegistrationBench.StartAsync();

        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(user: null, tags: ["tag:db"]));

        Assert.True(node.IsTagged);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Register_EphemeralByKeyOrByWish_IsEphemeral(bool byKey, bool byWish)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(ephemeral: byKey);

        var node = await bench.JoinAsync(7, Make.Register(70, key) with { Ephemeral = byWish });

        Assert.True(node.Ephemeral);
    }

    [Fact]
    public async Task Register_RequestedTagsOfTheKey_AreAllowed()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a", "tag:b"]);

        var node = await bench.JoinAsync(7, WithTags(Make.Register(70, key), "tag:b"));

        Assert.Equal(["tag:a", "tag:b"], node.Tags);
    }

    [Fact]
    public async Task Register_MoreUnknownTagsThanAreQuoted_AreCounted()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        var tags = Enumerable.Range(10, 11).Select(number => $"tag:{number}").Append(new string('x', 200)).ToArray();

        await bench.RefusedAsync(
            "requested tags [tag:10 tag:11 tag:12 tag:13 tag:14 tag:15 tag:16 tag:17 tag:18 tag:19 and 2 more] are invalid or not permitted",
            bench.RegisterAsync(7, WithTags(Make.Register(70, key), tags)),
            1);
        await bench.RefusedAsync(
            $"requested tags [{new string('x', 127)}…] are invalid or not permitted",
            bench.RegisterAsync(7, WithTags(Make.Register(70, key), tags[^1])),
            1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_RequestedTagsBeyondTheKey_AreRefusedAndTheKeyIsNotSpent(bool tagged)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: tagged ? ["tag:a"] : []);

        await bench.RefusedAsync(
            "requested tags [tag:x tag:y] are invalid or not permitted",
            bench.RegisterAsync(7, WithTags(Make.Register(70, key), tagged ? ["tag:a", "tag:x", "tag:y"] : ["tag:x", "tag:y"])),
            1);
        Assert.Null(bench.Key(key).UsedAt);
    }

    [Fact]
    [Trait("Acceptance", "TestUntaggedPreAuthKeyPreservesKeyExpiry")]
    [Trait("Acceptance", "TestNodeExpiryZeroDisablesDefault")]
    public async Task Register_WithoutDefaultExpiry_NeverExpiresUnlessWished()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);
        var wish = bench.Now.AddDays(3);

        Assert.Null((await bench.JoinAsync(7, 70, key)).Expiry);
        Assert.Equal(wish, (await bench.JoinAsync(8, Make.Register(80, key) with { Expiry = wish })).Expiry);
    }

    [Theory]
    [Trait("Acceptance", "TestClientNonZeroExpiryTakesPrecedence")]
    [InlineData(null, 180)]
    [InlineData(30, 30)]
    [InlineData(365, 180)]
    public async Task Register_WithDefaultExpiry_TheSoonerOneCounts(int? wish, int days)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(180) });
        var key = await bench.KeyAsync();

        var node = await bench.JoinAsync(
            7, Make.Register(70, key) with { Expiry = wish is { } value ? bench.Now.AddDays(value) : null });

        Assert.Equal(bench.Now.AddDays(days), node.Expiry);
    }

    [Theory]
    [Trait("Acceptance", "TestTaggedPreAuthKeyDisablesKeyExpiry")]
    [Trait("Acceptance", "TestTaggedAuthKeyIgnoresNodeExpiry")]
    [InlineData(null)]
    [InlineData(180)]
    public async Task Register_TaggedWithDefaultExpiryOrWish_NeverExpires(int? wish)
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(90) });
        var key = await bench.KeyAsync(tags: ["tag:a"]);

        var node = await bench.JoinAsync(
            7, Make.Register(70, key) with { Expiry = wish is { } value ? bench.Now.AddDays(value) : null });

        Assert.Null(node.Expiry);
    }

    [Fact]
    [Trait("Acceptance", "TestUntaggedAuthKeyZeroExpiryGetsDefault")]
    public async Task Register_ZeroTimeOnTheWire_IsNoWish()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();
        var sent = ControlJson.SerializeToUtf8Bytes(Make.Register(70, key));
        Assert.Contains("\"Expiry\":\"0001-01-01T00:00:00Z\"", System.Text.Encoding.UTF8.GetString(sent), StringComparison.Ordinal);

        var node = await bench.JoinAsync(7, ControlJson.Parse<RegisterRequest>(sent));

        Assert.Null(node.Expiry);
        Assert.Null((await bench.JoinAsync(7, ControlJson.Parse<RegisterRequest>(sent))).Expiry);
        Assert.All(bench.Store.Rows.Nodes.Values, row => Assert.Null(row.Expiry));
    }

    [Fact]
    public async Task Register_WishWithFinerTime_IsCutToMicroseconds()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var wish = bench.Now.AddDays(1);

        var node = await bench.JoinAsync(7, Make.Register(70, await bench.KeyAsync()) with { Expiry = wish.AddTicks(7) });

        Assert.Equal(wish, node.Expiry);
    }

    [Fact]
    public async Task Register_NoAddressLeft_IsRefusedAndNothingWritten()
    {
        await using var bench = await RegistrationBench.StartAsync(Make.Settings("100.64.0.0/30"));
        var key = await bench.KeyAsync(reusable: true);
        await bench.JoinAsync(1, 10, key);
        await bench.JoinAsync(2, 20, key);

        await bench.RefusedAsync(
            "No address is free in 100.64.0.0/30; delete nodes that are gone, or configure a larger prefix.",
            bench.RegisterAsync(3, 30, key),
            3);
        Assert.Equal(2, bench.Nodes.Length);
    }

    [Fact]
    public async Task Register_KeyOfAUserThatIsGone_IsRefused()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(RegistrationBench.Berta);

        // A database that cascades does not get here; one command that forgets to must not let anybody in.
        var plane = bench.Snapshot;
        await bench.EditAsync(draft => draft.Put(bench.Key(key) with { Owner = null }));

        await bench.RefusedAsync("invalid authkey: its user is gone", bench.RegisterAsync(7, 70, key), 2);
        Assert.Equal(plane.Users.Count, bench.Snapshot.Users.Count);
    }

    [Fact]
    public async Task Register_NetInfoAtOnce_HomeRegionIsKnown()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var request = Make.Register(70, await bench.KeyAsync());

        await bench.JoinAsync(7, request with { Hostinfo = request.Hostinfo! with { NetInfo = new NetInfo { PreferredDerp = 900 } } });

        var entry = Assert.Single(bench.Snapshot.Nodes);
        Assert.Equal(900, entry.Presence.HomeDerp);
        Assert.Null(entry.Node.Hostinfo.NetInfo);
    }

    [Fact]
    [Trait("Acceptance", "TestConcurrentPutNodeSameGivenNameAllUnique")]
    [Trait("Acceptance", "TestNodeStoreConcurrentPutNode")]
    public async Task Register_ManyMachinesAtOnce_NamesAndAddressesAreUnique()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: true);

        await Task.WhenAll(Enumerable.Range(1, 100).Select(machine => bench.JoinAsync(machine, 1000 + machine, key)));

        Assert.Equal(100, bench.Nodes.Select(node => node.GivenName).Distinct().Count());
        Assert.Equal(100, bench.Nodes.Select(node => node.IPv4).Distinct().Count());
        Assert.Equal(100, bench.Nodes.Select(node => node.Id).Distinct().Count());
    }

    [Fact]
    [Trait("Acceptance", "TestConcurrentPreAuthKeyRegistrationSameMachineKey")]
    public async Task Register_SameMachineSeveralTimesAtOnce_MakesOneNode()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync();

        await Task.WhenAll(Enumerable.Range(1, 20).Select(attempt => bench.JoinAsync(7, 1000 + attempt, key)));

        Assert.Equal(Make.Machine(7), bench.OnlyNode.MachineKey);
    }

    private static RegisterRequest WithTags(RegisterRequest request, params string[] tags) =>
        request with { Hostinfo = request.Hostinfo! with { RequestTags = WireSet.CopyOf(tags) } };
}
