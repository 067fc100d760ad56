using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>What the writer makes of a database that refuses, breaks, or was written by somebody else.</summary>
public sealed class WriterFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_ConstraintViolated_OnlyTheCulpritIsRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1), run: false);

        // A name that Core believes free: what a database may hold that a snapshot does not.
        host.Store.Seed(Seeds.WithNodes(1) with { Users = [Make.User(1), Make.User(2), Make.User(77, "taken")] });
        var answers = new[] { "anna", "taken", "berta" }.Select(name => host.ExecuteAsync(NewUser(name))).ToArray();
        host.Run();
        var results = await Task.WhenAll(answers);

        Assert.Null(results[0].Error);
        Assert.Equal(CoreErrorKind.AlreadyExists, results[1].Error!.Kind);
        Assert.Null(results[2].Error);
        Assert.True(host.Snapshot.TryGetUser("anna", out _));
        Assert.False(host.Snapshot.TryGetUser("taken", out _));
        Assert.Equal([1, 2], host.Store.Committed.Select(row => row.Sequence));
    }

    [Fact]
    public async Task Commit_Unavailable_RefusedAndNothingVisible()
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(CommitOutcome.Unavailable);

        var refused = await host.ExecuteAsync(NewUser("anna"));

        Assert.Equal(CoreErrorKind.Unavailable, refused.Error!.Kind);
        Assert.Empty(host.Snapshot.Users);
        Assert.Null((await host.ExecuteAsync(NewUser("anna"))).Error);
        Assert.Equal(1, host.Snapshot.Sequence);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_UnknownButWritten_AcknowledgedAfterReading(bool thrown)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        FailNext(host, thrown, written: true);

        var result = await host.ExecuteAsync(NewUser("anna"));

        Assert.Null(result.Error);
        Assert.Equal(1, host.Store.Reloads);
        Assert.Equal(1, host.Snapshot.Sequence);
        Assert.True(host.Snapshot.TryGetUser("anna", out _));
        Assert.Null((await host.ExecuteAsync(NewUser("berta"))).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_UnknownAndNotWritten_RefusedAndNothingVisible(bool thrown)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        FailNext(host, thrown, written: false);

        var result = await host.ExecuteAsync(NewUser("anna"));

        Assert.Equal(CoreErrorKind.Unavailable, result.Error!.Kind);
        Assert.Equal(0, host.Snapshot.Sequence);
        Assert.False(host.Snapshot.TryGetUser("anna", out _));
        Assert.Null((await host.ExecuteAsync(NewUser("anna"))).Error);
    }

    [Fact]
    public async Task Commit_UnknownWhileDatabaseIsAway_WaitsUntilItCanBeRead()
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(CommitOutcome.Unknown, written: true);
        host.Store.FailNextLoads(3);

        var answer = host.ExecuteAsync(NewUser("anna"));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await UntilTimerIsSetAsync(host);
            Assert.False(answer.IsCompleted);
            Assert.Empty(host.Snapshot.Users);

            // Just as long as it pauses, so that one step is one attempt.
            host.Time.Advance(TimeSpan.FromMilliseconds(100 * attempt));
        }

        Assert.Null((await answer).Error);
        Assert.Equal(4, host.Store.Reloads);
        Assert.Equal([1005, 1005, 1005], host.Errors());
    }

    [Fact]
    public async Task Commit_UnknownAtStop_SaysThatNobodyKnows()
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(CommitOutcome.Unknown, written: true);
        host.Store.FailNextLoads(100);
        var answer = host.ExecuteAsync(NewUser("anna"));
        await UntilTimerIsSetAsync(host);

        host.BeginStop();
        var result = await answer;

        Assert.Equal(CoreErrorKind.Unavailable, result.Error!.Kind);
        Assert.DoesNotContain("nothing was changed", result.Error.Message, StringComparison.Ordinal);
        Assert.Empty(host.Snapshot.Users);
    }

    [Fact]
    public async Task Commit_Fenced_TakesOverWhatIsThere()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(3));
        var session = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        session.First();
        host.Store.WriteAsAnotherServer(rows => rows with
        {
            Users = new Dictionary<UserId, User>(rows.Users) { [new UserId(9)] = Make.User(9, "theirs") },
            Nodes = new Dictionary<NodeId, Node>(rows.Nodes.Where(node => node.Key.Value != 2))
            {
                [new NodeId(3)] = Make.Node(3) with { GivenName = "moved" },
                [new NodeId(4)] = Make.Node(4),
            },
        });

        var refused = await host.ExecuteAsync(NewUser("ours"));

        Assert.Equal(CoreErrorKind.Unavailable, refused.Error!.Kind);
        Assert.Equal(1, host.Snapshot.Sequence);
        Assert.True(host.Snapshot.TryGetUser("theirs", out _));
        Assert.False(host.Snapshot.TryGetUser("ours", out _));
        Assert.Contains(1004, host.Errors());
        var told = session.Next()!;
        Assert.Equal([2L], told.PeersRemoved!);
        Assert.Equal(["moved.mesh.test.", "node4.mesh.test."], told.PeersChanged!.Select(node => node.Name));
        Assert.True(host.Entry(1).Presence.Online);
        Assert.Null((await host.ExecuteAsync(NewUser("ours"))).Error);
        Assert.Equal(2, host.Snapshot.Sequence);
    }

    [Theory]
    [InlineData(CommitOutcome.Fenced)]
    [InlineData(CommitOutcome.Unknown)]
    public async Task Commit_NextSequenceIsAnotherServers_UpdateIsNotAcknowledged(CommitOutcome outcome)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Store.WriteAsAnotherServer(rows => rows with
        {
            Nodes = new Dictionary<NodeId, Node>(rows.Nodes) { [new NodeId(2)] = Make.Node(2) with { GivenName = "theirs" } },
        });
        host.Store.FailNextCommit(outcome);

        // The row is there, with the same key, but without what the command changed.
        var result = await host.ExecuteAsync(new EditCommand(draft => Rename(draft, 1, "ours")));

        Assert.Equal(CoreErrorKind.Unavailable, result.Error!.Kind);
        Assert.Equal("node1", host.Entry(1).Node.GivenName);
        Assert.Equal("theirs", host.Entry(2).Node.GivenName);
    }

    [Fact]
    public async Task Commit_FencedAfterNamesAndKeysWereSwapped_EverythingIsStillFound()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        host.Store.WriteAsAnotherServer(rows => rows with
        {
            Users = new[] { Make.User(1, "user2"), Make.User(2, "user1") }.ToDictionary(user => user.Id),
            Nodes = new[]
            {
                Make.Node(1) with { NodeKey = Make.NodeKey(2), GivenName = "node2", IPv4 = Make.IPv4(2) },
                Make.Node(2) with { NodeKey = Make.NodeKey(1), GivenName = "node1", IPv4 = Make.IPv4(1) },
            }.ToDictionary(node => node.Id),
        });

        await host.ExecuteAsync(NewUser("ours"));

        for (var number = 1; number <= 2; number++)
        {
            var other = 3 - number;
            Assert.True(host.Snapshot.TryGetUser($"user{number}", out var user));
            Assert.Equal(other, user.Id.Value);
            Assert.NotNull(host.Directory.FindNode(Make.NodeKey(number)));
            Assert.True(host.Snapshot.Nodes.TryGet(Make.NodeKey(number), out var byKey));
            Assert.True(host.Snapshot.Nodes.TryGet(Make.IPv4(number), out var byAddress));
            Assert.True(host.Snapshot.Nodes.TryGetByName($"node{number}", out var byName));
            Assert.All([byKey, byAddress, byName], entry => Assert.Equal(other, entry.Id.Value));
        }
    }

    [Fact]
    public async Task Commit_FencedWithANewNode_ItsPresenceIsTakenOverToo()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        host.Store.WriteAsAnotherServer(rows => rows with
        {
            Nodes = new Dictionary<NodeId, Node>(rows.Nodes) { [new NodeId(5)] = Make.Node(5) },
        });
        await host.Store.SavePresenceAsync([KeyValuePair.Create(new NodeId(5), new NodePresence { HomeDerp = 3 })], Cancel);

        await host.ExecuteAsync(NewUser("ours"));

        Assert.Equal(3, host.Entry(5).Presence.HomeDerp);
    }

    [Theory]
    [InlineData(CommitOutcome.Unavailable)]
    [InlineData(CommitOutcome.Unknown)]
    [InlineData(CommitOutcome.Fenced)]
    [InlineData(CommitOutcome.ConstraintViolated)]
    public async Task Commit_Fails_VolatileCommandsOfTheBatchTakeEffect(CommitOutcome outcome)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1), run: false);
        host.Store.FailNextCommit(outcome);
        host.Store.FailNextCommit(outcome);
        var durable = host.ExecuteAsync(NewUser("anna"));
        var volatileOne = host.ExecuteAsync(new SetOnlineCommand([new NodeId(1)]));
        host.Run();

        Assert.NotNull((await durable).Error);
        Assert.Null((await volatileOne).Error);
        Assert.True(host.Entry(1).Presence.Online);
        Assert.False(host.Snapshot.TryGetUser("anna", out _));
    }

    [Fact]
    public async Task ReserveIds_Fails_OnlyCommandsThatWriteAreRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1), run: false);
        host.Store.FailNextReservations(1);
        var durable = host.ExecuteAsync(NewUser("anna"));
        var volatileOne = host.ExecuteAsync(new SetOnlineCommand([new NodeId(1)]));
        host.Run();

        Assert.Equal(CoreErrorKind.Unavailable, (await durable).Error!.Kind);
        Assert.Null((await volatileOne).Error);
        Assert.Null((await host.ExecuteAsync(NewUser("berta"))).Error);
    }

    [Fact]
    public async Task Execute_FaultAtTheEndOfABlock_OthersStillHaveIds()
    {
        await using var host = new TailnetHost(run: false);
        var users = Enumerable.Range(0, 64).Select(number => host.ExecuteAsync(NewUser($"user{number}"))).ToArray();
        var faulty = host.ExecuteAsync(new EditCommand(_ => throw new InvalidOperationException("A fault.")));
        host.Run();

        await Assert.ThrowsAsync<InvalidOperationException>(() => faulty);
        Assert.All(await Task.WhenAll(users), result => Assert.Null(result.Error));
        Assert.Equal([1002], host.Errors());
    }

    private static void FailNext(TailnetHost host, bool thrown, bool written)
    {
        if (thrown)
        {
            host.Store.ThrowInNextCommit(new InvalidOperationException("Against the contract."), written);
        }
        else
        {
            host.Store.FailNextCommit(CommitOutcome.Unknown, written);
        }
    }

    private static async Task UntilTimerIsSetAsync(TailnetHost host)
    {
        while (host.Time.PendingTimers == 0)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static CreateUserCommand NewUser(string name) => new(name, "", null, null);

    private static void Rename(TailnetDraft draft, int id, string name)
    {
        Assert.True(draft.Snapshot.Nodes.TryGet(new NodeId(id), out var entry));
        draft.Update(entry, entry.Node with { GivenName = name });
    }
}
