using MeshControl.Core.Model;
using MeshControl.Protocol.Keys;
using MeshControl.Store.Batches;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>Volatile state is written late, in bulk, and touches nothing else.</summary>
public abstract class PresenceTests : StoreTestBase
{
    [Fact]
    public async Task SavePresence_NewAndKnownNodes_LastOneWins()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var (first, second) = (Samples.Node(1), Samples.Node(2));
        await CommitAsync(store, Batch(tailnet) with
        {
            Nodes = [Samples.Insert(first), Samples.Insert(second)],
            Presence = [new(first.Id, Samples.Presence(1))],
        });

        await store.SavePresenceAsync([new(first.Id, Samples.Presence(2)), new(second.Id, Samples.Presence(3))], Cancellation);
        await store.SavePresenceAsync([new(second.Id, NodePresence.None), new(second.Id, Samples.Presence(4))], Cancellation);

        var presence = (await LoadAsync(store, tailnet)).Presence;
        AssertSame(Samples.Presence(2), presence[first.Id]);
        AssertSame(Samples.Presence(4), presence[second.Id]);
        Assert.Equal($"{tailnet.Id}", await Database.QueryAsync("SELECT min(tailnet_id) FROM node_presence"));
    }

    [Fact]
    public async Task SavePresence_NullsInTheFirstRow_AreWritten()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(1)), Samples.Insert(Samples.Node(2))] });

        await store.SavePresenceAsync(
            [new(new NodeId(1), NodePresence.None), new(new NodeId(2), Samples.Presence(2))], Cancellation);

        var presence = (await LoadAsync(store, tailnet)).Presence;
        AssertSame(NodePresence.None, presence[new NodeId(1)]);
        AssertSame(Samples.Presence(2), presence[new NodeId(2)]);
    }

    [Fact]
    public async Task SavePresence_NodesThatAreGone_AreSkipped()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(1)), Samples.Insert(Samples.Node(2))] });
        await CommitAsync(store, Batch(tailnet, 1) with { Nodes = [Samples.Delete(Samples.Node(1))] });

        await store.SavePresenceAsync(
            [new(new NodeId(1), Samples.Presence()), new(new NodeId(2), Samples.Presence()), new(new NodeId(3), Samples.Presence())],
            Cancellation);

        Assert.Equal(2, Assert.Single((await LoadAsync(store, tailnet)).Presence).Key.Value);
    }

    [Fact]
    public async Task SavePresence_Nothing_DoesNothing()
    {
        await using var store = await Database.OpenAsync();

        await store.SavePresenceAsync([], Cancellation);

        Assert.Equal("0", await Database.QueryAsync("SELECT count(*) FROM node_presence"));
    }

    [Fact]
    public async Task SavePresence_MoreThanOneStatementHolds_WritesAll()
    {
        const int Nodes = (2 * PresenceWriter.NodesPerStatement) + 1;
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var ids = Enumerable.Range(1, Nodes).ToList();
        await CommitAsync(store, Batch(tailnet) with { Nodes = [.. ids.Select(id => Samples.Insert(Samples.Node(id)))] });

        await store.SavePresenceAsync([.. ids.Select(id => KeyValuePair.Create(new NodeId(id), Samples.Presence(id)))], Cancellation);

        Assert.Equal($"{Nodes}", await Database.QueryAsync("SELECT count(*) FROM node_presence"));
    }

    [Fact]
    public async Task SavePresence_WhileNodeKeysChange_NeverAltersDurableColumns()
    {
        const int Rounds = 25;
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(1))] });

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = new TaskCompletionSource();
        var saving = Task.Run(() => SaveUntilAsync(store, started, stop.Token), Cancellation);
        await started.Task;
        var node = Samples.Node(1);
        for (var round = 1; round <= Rounds; round++)
        {
            var key = new NodePublicKey(Samples.Key($"rotated {round}"));
            node = node with { NodeKey = key, GivenName = $"name{round}", CapabilityVersion = round };
            await CommitAsync(store, Batch(tailnet, round) with { Nodes = [Samples.Update(node)] });
            AssertSame(node, Assert.Single((await LoadAsync(store, tailnet)).Nodes));
        }

        await stop.CancelAsync();
        await saving;
        AssertSame(node, Assert.Single((await LoadAsync(store, tailnet)).Nodes));
    }

    /// <summary>Writes the presence over and over; tells when it was written for the first time.</summary>
    private static async Task SaveUntilAsync(MeshStore store, TaskCompletionSource started, CancellationToken stop)
    {
        for (var port = 1; !stop.IsCancellationRequested; port++)
        {
            await store.SavePresenceAsync([new(new NodeId(1), Samples.Presence(port))], CancellationToken.None);
            started.TrySetResult();
        }
    }
}
