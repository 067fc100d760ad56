using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>What a batch comes to, however many commands touched the same row.</summary>
public sealed class TailnetDraftTests
{
    private static readonly NodeId One = new(1);

    [Fact]
    public void ToBatch_NothingOrOnlyPresence_IsNull()
    {
        using var bench = new Bench();
        Assert.Null(bench.Draft.ToBatch());

        bench.Draft.Update(bench.Entry(1), presence: new NodePresence { HomeDerp = 2 });

        Assert.Null(bench.Draft.ToBatch());
        Assert.Equal([One], bench.Draft.TouchedPresence().Select(row => row.Key));
    }

    [Fact]
    public void ToBatch_InsertAndUpdate_IsAnInsertOfTheLast()
    {
        using var bench = new Bench();
        bench.Draft.Update(bench.Draft.Add(Make.Node(5)), Make.Node(5) with { GivenName = "last" });
        bench.Draft.Put(Make.User(5));
        bench.Draft.Put(Make.User(5, "last"));
        bench.Draft.Put(Key(5));
        bench.Draft.Put(Key(5) with { Reusable = true });

        var batch = bench.Draft.ToBatch()!;

        Assert.Equal((RowOperation.Insert, "last"), Row(batch.Nodes, node => node.GivenName));
        Assert.Equal((RowOperation.Insert, "last"), Row(batch.Users, user => user.Name));
        Assert.Equal((RowOperation.Insert, true), Row(batch.PreAuthKeys, key => key.Reusable));
    }

    [Fact]
    public void ToBatch_InsertAndDelete_IsNothing()
    {
        using var bench = new Bench();
        bench.Draft.Remove(bench.Draft.Update(bench.Draft.Add(Make.Node(5)), Make.Node(5) with { GivenName = "last" }));
        bench.Draft.Put(Make.User(5));
        bench.Draft.Remove(Make.User(5));
        bench.Draft.Put(Key(5));
        bench.Draft.Remove(Key(5));

        Assert.Null(bench.Draft.ToBatch());
        Assert.True(bench.Draft.Finish(committed: false).Change.IsEmpty);
    }

    [Fact]
    public void ToBatch_UpdatesAndDelete_IsADeleteOfWhatTheDatabaseHas()
    {
        using var bench = new Bench();
        bench.Draft.Remove(bench.Draft.Update(bench.Entry(1), bench.Entry(1).Node with { GivenName = "in between" }));

        Assert.Equal((RowOperation.Delete, "node1"), Row(bench.Draft.ToBatch()!.Nodes, node => node.GivenName));
    }

    [Fact]
    public void ToBatch_SeveralUpdates_AreOne()
    {
        using var bench = new Bench();
        var entry = bench.Entry(1);
        entry = bench.Draft.Update(entry, entry.Node with { GivenName = "first" });
        entry = bench.Draft.Update(entry, presence: new NodePresence { HomeDerp = 2 });
        bench.Draft.Update(entry, entry.Node with { Expiry = Make.Created });

        var row = Assert.Single(bench.Draft.ToBatch()!.Nodes);

        Assert.Equal((RowOperation.Update, "first", Make.Created), (row.Operation, row.Entity.GivenName, row.Entity.Expiry));
        var transition = Assert.Single(bench.Draft.Finish(committed: true).Change.Nodes);
        Assert.Equal(NodeAspects.Whole | NodeAspects.HomeDerp, transition.Aspects);
        Assert.Same(bench.Base.Nodes[0], transition.Before);
    }

    [Fact]
    public void ToBatch_UpdatedAndPutBack_IsNothing()
    {
        using var bench = new Bench();
        var node = bench.Entry(1).Node;
        bench.Draft.Update(bench.Draft.Update(bench.Entry(1), node with { GivenName = "other" }), node);

        Assert.Null(bench.Draft.ToBatch());
    }

    [Fact]
    public void ToBatch_RowsOfAllKinds_AreInTheChangeLogSorted()
    {
        using var bench = new Bench();
        bench.Draft.Add(Make.Node(9));
        bench.Draft.Add(Make.Node(7));
        bench.Draft.Remove(bench.Entry(2));
        bench.Draft.Put(Make.User(8));
        bench.Draft.Put(Key(4));

        var batch = bench.Draft.ToBatch()!;

        Assert.Equal(
            [(ChangeKind.User, "8"), (ChangeKind.Node, "2,7,9"), (ChangeKind.PreAuthKey, "4")],
            batch.Changes.Select(change => (change.Kind, string.Join(',', change.Ids))));
        Assert.Equal((new TailnetId(1), 0, 1), (batch.Tailnet, batch.ExpectedSequence, batch.NewSequence));
    }

    [Fact]
    public void Update_NothingNew_TouchesNothing()
    {
        using var bench = new Bench();
        var entry = bench.Entry(1);

        Assert.Same(entry, bench.Draft.Update(entry, entry.Node, entry.Presence));
        Assert.Empty(bench.Draft.TouchedNodes());
    }

    [Fact]
    public void Remove_ThenAdd_TakesTheSameIndexAndIsTwoTransitions()
    {
        using var bench = new Bench();
        bench.Draft.Remove(bench.Entry(1));
        bench.Draft.Add(Make.Node(5) with { NodeKey = Make.NodeKey(1), GivenName = "node1" });

        var (snapshot, change) = bench.Draft.Finish(committed: true);

        Assert.Equal(5, snapshot.Nodes[0]!.Id.Value);
        Assert.Equal([NodeAspects.Disappeared, NodeAspects.Appeared], change.Nodes.Select(transition => transition.Aspects));
        Assert.True(snapshot.Nodes.TryGet(Make.NodeKey(1), out var entry));
        Assert.Equal(5, entry.Id.Value);
    }

    [Fact]
    public void Put_UsersSwapNames_BothAreFound()
    {
        using var bench = new Bench();
        bench.Draft.Put(Make.User(1, "user2"));
        bench.Draft.Put(Make.User(2, "user1"));

        Assert.True(bench.Draft.Snapshot.TryGetUser("user1", out var one));
        Assert.True(bench.Draft.Snapshot.TryGetUser("user2", out var two));
        Assert.Equal((2, 1), (one.Id.Value, two.Id.Value));
    }

    [Fact]
    public void Finish_NewUserAndRenamedUser_OnlyTheRenamedOneIsAChange()
    {
        using var bench = new Bench();
        bench.Draft.Put(Make.User(7));
        bench.Draft.Put(Make.User(2, "renamed"));
        bench.Draft.Put(bench.Base.Users[new(1)] with { });

        Assert.Equal([new UserId(2)], bench.Draft.Finish(committed: true).Change.Users);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreOperations")]
    public void Walk_RandomEdits_BatchTurnsTheOldRowsIntoTheNewOnes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            using var bench = new Bench();
            var random = new Random(seed);
            for (int step = 0, next = 10; step < 30; step++)
            {
                var entries = bench.Draft.Snapshot.Nodes.ToArray();
                var entry = entries.Length == 0 ? null : entries[random.Next(entries.Length)];
                switch (random.Next(4))
                {
                    case 0:
                        bench.Draft.Add(Make.Node(next++));
                        break;
                    case 1 when entry is not null:
                        bench.Draft.Remove(entry);
                        break;
                    case 2 when entry is not null:
                        bench.Draft.Update(entry, entry.Node with { GivenName = $"name{next++}" });
                        break;
                    case 3 when entry is not null:
                        bench.Draft.Update(entry, presence: new NodePresence { HomeDerp = next++ });
                        break;
                }
            }

            var (snapshot, change) = bench.Draft.Finish(committed: true);
            var rows = FakeTailnet.From(Seeds.WithNodes(3));
            if (bench.Draft.ToBatch() is { } batch)
            {
                rows = rows.With(batch, breach => Assert.Fail($"seed {seed}: {breach}"));
            }

            Assert.Equal(
                snapshot.Nodes.Select(entry => (entry.Id.Value, entry.Node.GivenName)).Order(),
                rows.Nodes.Values.Select(node => (node.Id.Value, node.GivenName)).Order());

            // And the transitions lead from the old table to the new one.
            var ids = bench.Base.Nodes.Select(entry => entry.Id).ToHashSet();
            ids.ExceptWith(change.Nodes.Where(transition => transition.After is null).Select(transition => transition.Entry.Id));
            ids.UnionWith(change.Nodes.Where(transition => transition.Before is null).Select(transition => transition.Entry.Id));
            Assert.Equal(snapshot.Nodes.Select(entry => entry.Id.Value).Order(), ids.Select(id => id.Value).Order());
        }
    }

    private static (RowOperation Operation, TValue Value) Row<T, TValue>(IReadOnlyList<RowChange<T>> rows, Func<T, TValue> value)
        where T : class
    {
        var row = Assert.Single(rows);
        return (row.Operation, value(row.Entity));
    }

    private static PreAuthKey Key(long id) => new()
    {
        Id = new PreAuthKeyId(id),
        Prefix = $"prefix{id}",
        Hash = SecretHash.Of($"secret{id}"),
        Owner = new UserId(1),
        CreatedAt = Make.Created,
    };

    private sealed class Bench : IDisposable
    {
        private readonly IdAllocator _ids = new(new FakeStore());

        public Bench()
        {
            Base = TailnetSnapshot.From(Seeds.WithNodes(3), Make.Settings());
            Draft = new TailnetDraft(Base, _ids, Make.Created);
        }

        public TailnetSnapshot Base { get; }

        public TailnetDraft Draft { get; }

        public NodeEntry Entry(int id) => Draft.Snapshot.Nodes.TryGet(new NodeId(id), out var entry)
            ? entry
            : throw new InvalidOperationException($"There is no node {id}.");

        public void Dispose() => _ids.Dispose();
    }
}
