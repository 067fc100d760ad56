using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>One writer: what is answered is durable, what is seen is durable, and one command's fault is its own.</summary>
public sealed class WriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_WhileCommitIsHeld_NothingIsAnsweredSeenOrTold()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var session = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        session.First();
        var before = host.Snapshot;
        var gate = host.Store.HoldNextCommit();

        var answer = host.ExecuteAsync(new EditCommand(draft => Rename(draft, 1, "renamed")));
        await gate.Entered.WaitAsync(Cancel);

        Assert.False(answer.IsCompleted);
        Assert.Same(before, host.Snapshot);
        Assert.Null(session.Next());
        gate.Release();
        await answer;
        Assert.Equal("renamed", host.Entry(1).Node.GivenName);
        Assert.Equal("renamed.mesh.test.", Assert.Single(session.Next()!.PeersChanged!).Name);
    }

    [Fact]
    public async Task Execute_SeveralWaiting_ShareOneCommit()
    {
        await using var host = new TailnetHost();
        var gate = host.Store.HoldNextCommit();
        var first = host.ExecuteAsync(NewUser("first"));
        await gate.Entered.WaitAsync(Cancel);
        var waiting = Enumerable.Range(0, 20).Select(number => host.ExecuteAsync(NewUser($"user{number}"))).ToArray();
        gate.Release();
        await first;
        var results = await Task.WhenAll(waiting);

        Assert.Equal([1, 20], host.Store.Batches.Select(batch => batch.Users.Count));
        Assert.Equal(21, host.Snapshot.Users.Count);
        Assert.All(results, result => Assert.Null(result.Error));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreBatchingEfficiency")]
    public async Task Execute_MoreThanMaxBatchWaiting_TakesSeveralCommits()
    {
        await using var host = new TailnetHost(run: false);
        var waiting = Enumerable.Range(0, Tailnet.MaxBatch + 1).Select(number => host.ExecuteAsync(NewUser($"user{number}"))).ToArray();
        host.Run();
        await Task.WhenAll(waiting);

        Assert.Equal([Tailnet.MaxBatch, 1], host.Store.Batches.Select(batch => batch.Users.Count));
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreOperationTimeout")]
    [Trait("Acceptance", "TestScale1000_WorkChannelSaturation")]
    public async Task Execute_OneMoreThanTheQueueHolds_WaitsOutsideAndIsDoneLater()
    {
        await using var host = new TailnetHost(run: false);
        using var left = new CancellationTokenSource();
        var queued = Enumerable.Range(0, Tailnet.QueueCapacity).Select(_ => host.ExecuteAsync(new EditCommand(_ => { }))).ToArray();
        var abandoned = false;

        var waiting = host.ExecuteAsync(NewUser("patient"));
        var impatient = host.Tailnet.ExecuteAsync(new EditCommand(_ => abandoned = true), left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        host.Run();

        await Task.WhenAll(queued);
        Assert.Null((await waiting).Error);

        // Had there been room for it, it would have taken effect though its caller left.
        Assert.False(abandoned);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreRaceConditions")]
    public async Task Execute_ManyBatches_SequenceHasNoGaps()
    {
        await using var host = new TailnetHost();
        for (var number = 0; number < 30; number++)
        {
            // Refusals, volatile changes and failures in between take no number.
            await host.ExecuteAsync(NewUser(number % 3 == 0 ? "again" : $"user{number}"));
            if (number % 7 == 0)
            {
                host.Store.FailNextCommit(CommitOutcome.Unavailable);
            }
        }

        Assert.Equal(Enumerable.Range(1, host.Store.Committed.Count).Select(number => (long)number), host.Store.Committed.Select(row => row.Sequence));
        Assert.Equal(host.Store.Rows.Sequence, host.Snapshot.Sequence);
        Assert.All(host.Store.Batches, batch => Assert.NotEmpty(batch.Changes));
    }

    [Fact]
    public async Task Execute_Refused_WritesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        var result = await host.ExecuteAsync(NewUser("user1"));

        Assert.Equal(CoreErrorKind.AlreadyExists, result.Error!.Kind);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    public async Task Execute_VolatileCommand_NeverCommits()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        await host.EditAsync(draft => draft.Update(Node(draft, 1), presence: Node(draft, 1).Presence with { HomeDerp = 7 }));

        Assert.Empty(host.Store.Batches);
        Assert.Equal(7, host.Entry(1).Presence.HomeDerp);
        Assert.Equal(0, host.Snapshot.Sequence);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreOperations")]
    public async Task Execute_LaterCommandOfABatch_SeesEarlierOnes()
    {
        await using var host = new TailnetHost(run: false);
        var first = host.ExecuteAsync(NewUser("anna"));
        var second = host.ExecuteAsync(NewUser("anna"));
        host.Run();

        Assert.Null((await first).Error);
        Assert.Equal(CoreErrorKind.AlreadyExists, (await second).Error!.Kind);
        Assert.Single(host.Store.Batches);
    }

    [Fact]
    [Trait("Acceptance", "TestBug5_WorkerPanicKillsWorkerPermanently")]
    public async Task Execute_FaultingCommand_DoesNotDisturbOthers()
    {
        await using var host = new TailnetHost(run: false);
        var before = host.ExecuteAsync(NewUser("before"));
        var faulty = host.ExecuteAsync(new EditCommand(draft =>
        {
            draft.Put(Make.User(99, "half-done"));
            throw new InvalidOperationException("A fault.");
        }));
        var after = host.ExecuteAsync(NewUser("after"));
        host.Run();

        await Assert.ThrowsAsync<InvalidOperationException>(() => faulty);
        Assert.Null((await before).Error);
        Assert.Null((await after).Error);
        Assert.Equal(["after", "before"], host.Store.Rows.Users.Values.Select(user => user.Name).Order());
        Assert.Equal([1002], host.Errors());
    }

    [Fact]
    public async Task Execute_Cancelled_TakesEffectAllTheSame()
    {
        await using var host = new TailnetHost();
        using var left = new CancellationTokenSource();
        var gate = host.Store.HoldNextCommit();
        var answer = host.Tailnet.ExecuteAsync(NewUser("anna"), left.Token);
        await gate.Entered.WaitAsync(Cancel);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        gate.Release();
        await host.CompleteAsync();

        Assert.Equal("anna", Assert.Single(host.Snapshot.Users.Values).Name);
    }

    [Fact]
    [Trait("Acceptance", "TestNodeStoreWriteDuringStopNoPanic")]
    [Trait("Acceptance", "TestBatcher_CloseWaitsForWorkers")]
    [Trait("Acceptance", "TestBatcher_QueueWorkAfterClose_DoesNotHang")]
    public async Task Complete_CommandsQueued_AreAllDone()
    {
        await using var host = new TailnetHost(run: false);
        var queued = Enumerable.Range(0, 5).Select(number => host.ExecuteAsync(NewUser($"user{number}"))).ToArray();
        host.Tailnet.CompleteQueue();
        var late = await host.ExecuteAsync(NewUser("late"));
        host.Run();

        Assert.All(await Task.WhenAll(queued), result => Assert.Null(result.Error));
        Assert.Equal(CoreErrorKind.Unavailable, late.Error!.Kind);
        Assert.Equal(5, host.Store.Rows.Users.Count);
    }

    [Fact]
    public async Task Publish_NodeKeysAndPreAuthKeys_AreFoundOnTheServer()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        var hash = SecretHash.Of("secret");

        await host.EditAsync(draft =>
        {
            draft.Update(Node(draft, 1), Node(draft, 1).Node with { NodeKey = Make.NodeKey(100) });
            draft.Put(Key(5, hash));
        });

        Assert.Null(host.Directory.FindNode(Make.NodeKey(1)));
        Assert.Equal(new TailnetId(1), host.Directory.FindNode(Make.NodeKey(100)));
        Assert.Equal((new TailnetId(1), new PreAuthKeyId(5)), host.Directory.FindPreAuthKey(hash));
        await host.EditAsync(draft =>
        {
            draft.Remove(Node(draft, 1));
            draft.Remove(draft.Snapshot.PreAuthKeys[new PreAuthKeyId(5)]);
        });
        Assert.Null(host.Directory.FindNode(Make.NodeKey(100)));
        Assert.Null(host.Directory.FindPreAuthKey(hash));
    }

    [Fact]
    public async Task Execute_AllIsWell_LogsNoErrors()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(NewUser("anna"));

        Assert.Empty(host.Log.Events(LogLevel.Warning));
    }

    private static CreateUserCommand NewUser(string name) => new(name, "", null, null);

    private static NodeEntry Node(TailnetDraft draft, int id) =>
        draft.Snapshot.Nodes.TryGet(new NodeId(id), out var entry) ? entry : throw new InvalidOperationException($"No node {id}.");

    private static void Rename(TailnetDraft draft, int id, string name) =>
        draft.Update(Node(draft, id), Node(draft, id).Node with { GivenName = name });

    private static PreAuthKey Key(long id, SecretHash hash) =>
        new() { Id = new PreAuthKeyId(id), Prefix = "p", Hash = hash, Owner = new UserId(1), CreatedAt = Make.Created };
}
