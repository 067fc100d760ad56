using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>What is written is what is read, after the database was closed and opened again.</summary>
public abstract class RoundTripTests : StoreTestBase
{
    [Fact]
    public async Task Open_NewDatabase_IsEmptyAndHealthy()
    {
        await using var store = await Database.OpenAsync();

        Assert.Empty(await store.LoadAsync(Cancellation));
        Assert.Null(await store.CheckHealthAsync(Cancellation));
    }

    [Fact]
    public async Task Commit_RowsWithEveryField_AreReadAgain()
    {
        var user = Samples.FullUser(1);
        var node = Samples.FullNode(10);
        var key = Samples.FullPreAuthKey(5, user.Id);
        StoredTailnet tailnet;
        await using (var store = await Database.OpenAsync())
        {
            tailnet = await CreateTailnetAsync(store);
            await CommitAsync(store, Batch(tailnet) with
            {
                Users = [Samples.Insert(user)],
                Nodes = [Samples.Insert(node)],
                PreAuthKeys = [Samples.Insert(key)],
                ApiKeys = [Samples.Insert(Samples.ApiKey(6))],
                Presence = [new(node.Id, Samples.Presence())],
            });
        }

        await using var again = await Database.OpenAsync();
        var stored = Assert.Single(await again.LoadAsync(Cancellation));
        Assert.Equal((tailnet.Id, "default", 1L), (stored.Id, stored.Name, stored.Sequence));
        Assert.Equal(user, Assert.Single(stored.Users));
        AssertSame(node, Assert.Single(stored.Nodes));
        AssertSame(key, Assert.Single(stored.PreAuthKeys));
        Assert.Equal(Samples.ApiKey(6), Assert.Single(stored.ApiKeys));
        var presence = Assert.Single(stored.Presence);
        Assert.Equal(node.Id, presence.Key);
        AssertSame(Samples.Presence(), presence.Value);
    }

    [Fact]
    public async Task Commit_RowsWithoutOptionalFields_AreReadAgain()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var bare = Samples.Node(1) with { IPv4 = null, IPv6 = null };
        await CommitAsync(store, Batch(tailnet) with
        {
            Users = [Samples.Insert(Samples.User(1))],
            Nodes = [Samples.Insert(bare), Samples.Insert(Samples.Node(2) with { IPv4 = null, IPv6 = null })],
            PreAuthKeys = [Samples.Insert(Samples.PreAuthKey(1))],
            Presence = [new(bare.Id, NodePresence.None)],
        });

        var stored = await LoadAsync(store, tailnet);
        Assert.Equal(Samples.User(1), Assert.Single(stored.Users));
        AssertSame(bare, stored.Nodes[0]);
        AssertSame(Samples.PreAuthKey(1), Assert.Single(stored.PreAuthKeys));
        AssertSame(NodePresence.None, stored.Presence[bare.Id]);
    }

    [Fact]
    public async Task Commit_Updates_ReplaceEveryField()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with
        {
            Users = [Samples.Insert(Samples.User(1))],
            Nodes = [Samples.Insert(Samples.Node(1, new UserId(1)))],
            PreAuthKeys = [Samples.Insert(Samples.PreAuthKey(1))],
            ApiKeys = [Samples.Insert(Samples.ApiKey(1))],
        });
        var expired = Samples.ApiKey(1) with { Expiry = Samples.Noon.AddHours(1) };
        await CommitAsync(store, Batch(tailnet, 1) with
        {
            Users = [Samples.Update(Samples.FullUser(1))],
            Nodes = [Samples.Update(Samples.FullNode(1))],
            PreAuthKeys = [Samples.Update(Samples.FullPreAuthKey(1, new UserId(1)))],
            ApiKeys = [Samples.Update(expired)],
        });

        var stored = await LoadAsync(store, tailnet);
        Assert.Equal(2, stored.Sequence);
        Assert.Equal(Samples.FullUser(1), Assert.Single(stored.Users));
        AssertSame(Samples.FullNode(1), Assert.Single(stored.Nodes));
        AssertSame(Samples.FullPreAuthKey(1, new UserId(1)), Assert.Single(stored.PreAuthKeys));
        Assert.Equal(expired, Assert.Single(stored.ApiKeys));
    }

    [Fact]
    [Trait("Acceptance", "TestPersistEmptyTags")]
    [Trait("Acceptance", "TestPersistEmptyEndpoints")]
    public async Task Commit_ListsThatWereEmptied_AreEmptyWhenReadAgain()
    {
        var node = Samples.FullNode(1);
        await using (var store = await Database.OpenAsync())
        {
            var tailnet = await CreateTailnetAsync(store);
            await CommitAsync(store, Batch(tailnet) with
            {
                Users = [Samples.Insert(Samples.User(1))],
                Nodes = [Samples.Insert(node)],
                Presence = [new(node.Id, Samples.Presence())],
            });
            await CommitAsync(store, Batch(tailnet, 1) with { Nodes = [Samples.Update(node with { Tags = [], Owner = new UserId(1) })] });
            await store.SavePresenceAsync([new(node.Id, Samples.Presence() with { Endpoints = [] })], Cancellation);
        }

        await using var again = await Database.OpenAsync();
        var stored = Assert.Single(await again.LoadAsync(Cancellation));
        AssertSame(node with { Tags = [], Owner = new UserId(1) }, Assert.Single(stored.Nodes));
        AssertSame(Samples.Presence() with { Endpoints = [] }, stored.Presence[node.Id]);
    }

    [Fact]
    public async Task Commit_DeletesOwnerNodesAndKeysTogether_NothingStays()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var user = Samples.User(1);
        var node = Samples.Node(1, user.Id);
        var key = Samples.FullPreAuthKey(1, user.Id);
        await CommitAsync(store, Batch(tailnet) with
        {
            Users = [Samples.Insert(user)],
            Nodes = [Samples.Insert(node)],
            PreAuthKeys = [Samples.Insert(key)],
            ApiKeys = [Samples.Insert(Samples.ApiKey(1))],
            Presence = [new(node.Id, Samples.Presence())],
        });

        await CommitAsync(store, Batch(tailnet, 1) with
        {
            Users = [Samples.Delete(user)],
            Nodes = [Samples.Delete(node)],
            PreAuthKeys = [Samples.Delete(key)],
            ApiKeys = [Samples.Delete(Samples.ApiKey(1))],
        });

        var stored = await LoadAsync(store, tailnet);
        Assert.Empty(stored.Users);
        Assert.Empty(stored.Nodes);
        Assert.Empty(stored.PreAuthKeys);
        Assert.Empty(stored.ApiKeys);
        Assert.Empty(stored.Presence);
    }

    [Fact]
    public async Task Commit_NewNodeTakesWhatADeletedAndARenamedOneHad_Succeeds()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(1)), Samples.Insert(Samples.Node(2))] });

        await CommitAsync(store, Batch(tailnet, 1) with
        {
            Nodes =
            [
                Samples.Insert(Samples.Node(1) with { Id = new NodeId(3), GivenName = "node2" }),
                Samples.Update(Samples.Node(2) with { GivenName = "other" }),
                Samples.Delete(Samples.Node(1)),
            ],
        });

        Assert.Equal(["other", "node2"], (await LoadAsync(store, tailnet)).Nodes.Select(node => node.GivenName));
    }

    [Fact]
    public async Task Commit_Changes_AreInTheLogInOrder()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with
        {
            Users = [Samples.Insert(Samples.User(1))],
            Changes = [new(ChangeKind.User, [1]), new(ChangeKind.Node, [7, 1L << 40])],
        });

        Assert.Equal("2", await Database.QueryAsync("SELECT count(*) FROM change"));
        Assert.Equal(
            $"{tailnet.Id}|1|1|2|1785585600000000",
            await Database.QueryAsync("SELECT tailnet_id, seq, ordinal, kind, at FROM change ORDER BY ordinal DESC"));
    }

    [Fact]
    public async Task TrimChanges_RemovesOlderRowsAlone()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        for (var hour = 0; hour < 3; hour++)
        {
            var batch = new CommitBatch(tailnet.Id, hour, Samples.Noon.AddHours(hour)) { Changes = [new(ChangeKind.User, [hour])] };
            await CommitAsync(store, batch);
        }

        await store.TrimChangesAsync(Samples.Noon.AddHours(1), Cancellation);

        Assert.Equal("2|3", await Database.QueryAsync("SELECT min(seq), max(seq) FROM change"));
    }

    [Fact]
    public async Task CreateTailnet_SecondWithTheName_Throws()
    {
        await using var store = await Database.OpenAsync();
        await CreateTailnetAsync(store);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CreateTailnetAsync(store));

        Assert.Contains("default", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_TwoTailnets_KeepsThemApart()
    {
        await using var store = await Database.OpenAsync();
        var first = await CreateTailnetAsync(store, "first");
        var second = await CreateTailnetAsync(store, "second");
        await CommitAsync(store, Batch(first) with { Users = [Samples.Insert(Samples.User(1, "anna"))] });
        await CommitAsync(store, Batch(second) with { Users = [Samples.Insert(Samples.User(2, "anna"))] });

        var stored = await store.LoadAsync(Cancellation);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(["first", "second"], stored.Select(tailnet => tailnet.Name));
        Assert.Equal([1L, 2L], stored.Select(tailnet => Assert.Single(tailnet.Users).Id.Value));
    }

    [Fact]
    public async Task LoadTailnet_Unknown_IsNull()
    {
        await using var store = await Database.OpenAsync();

        Assert.Null(await store.LoadTailnetAsync(new TailnetId(99), Cancellation));
    }

    [Fact]
    public async Task Load_RowThatCannotBeUnderstood_IsNamed()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(7))] });
        await Database.ExecuteAsync("UPDATE node SET hostinfo = '{'");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => store.LoadAsync(Cancellation));

        Assert.StartsWith("Row 7 of table node cannot be understood", error.Message, StringComparison.Ordinal);
    }
}
