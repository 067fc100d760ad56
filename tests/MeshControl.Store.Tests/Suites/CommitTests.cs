using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>Batches that are not simply written: refused, fenced, or lost on the way.</summary>
public abstract class CommitTests : StoreTestBase
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Commit_OtherSequenceThanExpected_IsFencedAndWritesNothing(long expected)
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] });

        var late = Batch(tailnet, expected) with { Users = [Samples.Insert(Samples.User(2))], Changes = [new(ChangeKind.User, [2])] };
        var outcome = await store.CommitAsync(late, Cancellation);

        Assert.Equal(CommitOutcome.Fenced, outcome);
        var stored = await LoadAsync(store, tailnet);
        Assert.Equal(1, stored.Sequence);
        Assert.Single(stored.Users);
        Assert.Equal("0", await Database.QueryAsync("SELECT count(*) FROM change"));
    }

    [Fact]
    public async Task Commit_UnknownTailnet_IsFenced()
    {
        await using var store = await Database.OpenAsync();

        Assert.Equal(CommitOutcome.Fenced, await store.CommitAsync(new CommitBatch(new TailnetId(9), 0, Samples.Noon), Cancellation));
    }

    [Fact]
    public async Task Commit_ManyAtOnceOnOneSequence_ExactlyOneIsWritten()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(id => Task.Run(
            () => store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(id))] }, Cancellation), Cancellation)));

        Assert.Single(outcomes, CommitOutcome.Committed);
        Assert.Equal(7, outcomes.Count(outcome => outcome == CommitOutcome.Fenced));
        Assert.Single((await LoadAsync(store, tailnet)).Users);
    }

    public static TheoryData<string> Violations =>
        ["user name", "node key", "ipv4", "ipv6", "given name", "secret", "api key prefix", "owner", "user in use", "missing row"];

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Commit_AgainstAConstraint_LeavesNothingBehind(string violation)
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
        var batch = Batch(tailnet, 1) with
        {
            Users = [Samples.Insert(Samples.User(20))],
            Nodes = [Samples.Insert(Samples.Node(20))],
            PreAuthKeys = [Samples.Insert(Samples.PreAuthKey(20))],
            Changes = [new(ChangeKind.Node, [20])],
        };

        Assert.Equal(CommitOutcome.ConstraintViolated, await store.CommitAsync(Violate(batch, violation), Cancellation));

        var stored = await LoadAsync(store, tailnet);
        Assert.Equal(1, stored.Sequence);
        Assert.Equal(1, Assert.Single(stored.Users).Id.Value);
        Assert.Equal(1, Assert.Single(stored.Nodes).Id.Value);
        Assert.Equal(1, Assert.Single(stored.PreAuthKeys).Id.Value);
        Assert.Equal("0", await Database.QueryAsync("SELECT count(*) FROM change"));

        // The same without the offender goes through.
        await CommitAsync(store, batch);
    }

    [Fact]
    public async Task Commit_NodeKeyOfAnotherTailnet_IsRefused()
    {
        await using var store = await Database.OpenAsync();
        var first = await CreateTailnetAsync(store, "first");
        var second = await CreateTailnetAsync(store, "second");
        await CommitAsync(store, Batch(first) with { Nodes = [Samples.Insert(Samples.Node(1))] });

        var sameKey = Samples.Node(1) with { Id = new NodeId(2) };
        var sameAddress = sameKey with { NodeKey = Samples.Node(2).NodeKey };

        Assert.Equal(
            CommitOutcome.ConstraintViolated,
            await store.CommitAsync(Batch(second) with { Nodes = [Samples.Insert(sameKey)] }, Cancellation));
        await CommitAsync(store, Batch(second) with { Nodes = [Samples.Insert(sameAddress)] });
    }

    [Fact]
    public async Task Commit_ConnectionLostBeforeTheCommit_IsUnavailable()
    {
        var fault = new CommitFault(CommitFault.Moment.BeforeSaving);
        await using var store = await Database.OpenAsync(new StoreSeams { Interceptors = [fault] });
        var tailnet = await CreateTailnetAsync(store);
        fault.Arm();

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] }, Cancellation);

        Assert.Equal(CommitOutcome.Unavailable, outcome);
        Assert.Equal(0, (await LoadAsync(store, tailnet)).Sequence);
        await CommitAsync(store, Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] });
    }

    [Fact]
    public async Task Commit_ConnectionLostOnTheWayToTheCommit_IsUnknownAndReadingTells()
    {
        var fault = new CommitFault(CommitFault.Moment.BeforeCommit);
        await using var store = await Database.OpenAsync(new StoreSeams { Interceptors = [fault] });
        var tailnet = await CreateTailnetAsync(store);
        fault.Arm();

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] }, Cancellation);

        Assert.Equal(CommitOutcome.Unknown, outcome);
        Assert.Equal(0, (await LoadAsync(store, tailnet)).Sequence);
    }

    [Fact]
    public async Task Commit_AnswerOfTheCommitLost_IsUnknownAndReadingTells()
    {
        var fault = new CommitFault(CommitFault.Moment.AfterCommit);
        await using var store = await Database.OpenAsync(new StoreSeams { Interceptors = [fault] });
        var tailnet = await CreateTailnetAsync(store);
        fault.Arm();

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] }, Cancellation);

        Assert.Equal(CommitOutcome.Unknown, outcome);
        var stored = await LoadAsync(store, tailnet);
        Assert.Equal(1, stored.Sequence);
        Assert.Single(stored.Users);
    }

    private static CommitBatch Violate(CommitBatch batch, string violation) => violation switch
    {
        "user name" => batch with { Users = [.. batch.Users, Samples.Insert(Samples.User(21, "user1"))] },
        "node key" => WithNode(batch, Samples.Node(21) with { NodeKey = Samples.Node(1).NodeKey }),
        "ipv4" => WithNode(batch, Samples.Node(21) with { IPv4 = Samples.Node(1).IPv4 }),
        "ipv6" => WithNode(batch, Samples.Node(21) with { IPv6 = Samples.Node(1).IPv6 }),
        "given name" => WithNode(batch, Samples.Node(21) with { GivenName = Samples.Node(1).GivenName }),
        "secret" => batch with
        {
            PreAuthKeys = [.. batch.PreAuthKeys, Samples.Insert(Samples.PreAuthKey(21) with { Hash = Samples.PreAuthKey(1).Hash })],
        },
        "api key prefix" => batch with { ApiKeys = [Samples.Insert(Samples.ApiKey(21) with { Prefix = Samples.ApiKey(1).Prefix })] },
        "owner" => WithNode(batch, Samples.Node(21, new UserId(99))),
        "user in use" => batch with { Users = [.. batch.Users, Samples.Delete(Samples.User(1))] },
        "missing row" => batch with { Users = [.. batch.Users, Samples.Update(Samples.User(99))] },
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, "No such case."),
    };

    private static CommitBatch WithNode(CommitBatch batch, Node node) => batch with { Nodes = [.. batch.Nodes, Samples.Insert(node)] };
}
