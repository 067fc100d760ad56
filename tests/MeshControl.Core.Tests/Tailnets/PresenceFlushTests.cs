using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>Volatile state is written some time later, once, and at stop.</summary>
public sealed class PresenceFlushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flush_ManyChangesOfOneNode_OneRowWithTheLast()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        for (var region = 1; region <= 9; region++)
        {
            await SetHomeAsync(host, region);
        }

        Assert.Empty(host.Store.PresenceSaves);
        await host.Presence.FlushAsync(Cancel);
        await host.Presence.FlushAsync(Cancel);

        var (node, presence) = Assert.Single(Assert.Single(host.Store.PresenceSaves));
        Assert.Equal(1, node.Value);
        Assert.Equal(9, presence.HomeDerp);
    }

    [Fact]
    public async Task Flush_DatabaseIsAway_IsWrittenWithTheNext()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await SetHomeAsync(host, 4);
        host.Store.FailNextPresenceSaves(1);
        await host.Presence.FlushAsync(Cancel);
        Assert.Equal([1000], host.Log.Events(LogLevel.Warning));

        await host.Presence.FlushAsync(Cancel);

        Assert.Equal(4, host.Store.PresenceOf(new NodeId(1))!.HomeDerp);
    }

    [Fact]
    public async Task Flush_CancelledHalfway_IsWrittenWithTheNext()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await SetHomeAsync(host, 4);
        using var stopping = new CancellationTokenSource();
        host.Store.OnSavePresence = async token =>
        {
            await stopping.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Presence.FlushAsync(stopping.Token));
        host.Store.OnSavePresence = null;

        await host.Presence.FlushAsync(Cancel);

        Assert.Equal(4, host.Store.PresenceOf(new NodeId(1))!.HomeDerp);
    }

    [Fact]
    public async Task Flush_WhileTheWriterPublishes_LosesNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        using var done = new CancellationTokenSource();
        var flusher = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    await host.Presence.FlushAsync(Cancel);
                }
            },
            Cancel);
        for (var region = 1; region <= 3000; region++)
        {
            await SetHomeAsync(host, region);
        }

        await done.CancelAsync();
        await flusher;
        await host.Presence.FlushAsync(Cancel);
        Assert.Equal(3000, host.Store.PresenceOf(new NodeId(1))!.HomeDerp);
    }

    [Fact]
    public async Task Flush_NodeIsGone_IsSkipped()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await SetHomeAsync(host, 4);
        await host.ExecuteAsync(new SetOnlineCommand([new NodeId(2)]));
        await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(1)));

        await host.Presence.FlushAsync(Cancel);

        Assert.Equal([2L], Assert.Single(host.Store.PresenceSaves).Select(row => row.Key.Value));
    }

    [Fact]
    public async Task Flush_MoreThanOneTransactionMayHold_IsWrittenInPiecesAndOnlyTheRestAgain()
    {
        await using var host = new TailnetHost();
        var rows = Enumerable.Range(1, LazyPresence.MaxRows + 1).Select(id => KeyValuePair.Create(new NodeId(id), (NodePresence?)new NodePresence { HomeDerp = id }));
        host.Presence.Publish(host.Tailnet.Id, 1, [.. rows]);
        var saves = 0;
        host.Store.OnSavePresence = _ => ++saves == 2 ? throw new IOException("gone") : Task.CompletedTask;
        await host.Presence.FlushAsync(Cancel);
        await host.Presence.FlushAsync(Cancel);

        Assert.Equal([LazyPresence.MaxRows, 1], host.Store.PresenceSaves.Select(save => save.Count));
        Assert.Equal(3, saves);
    }

    [Fact]
    public async Task Commit_NewNodeWithPresence_IsWrittenWithIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        await host.EditAsync(draft => draft.Update(draft.Add(Make.Node(5)), presence: new NodePresence { HomeDerp = 8 }));

        var (node, presence) = Assert.Single(Assert.Single(host.Store.Batches).Presence);
        Assert.Equal(5, node.Value);
        Assert.Equal(8, presence.HomeDerp);
        Assert.Equal(8, host.Store.PresenceOf(new NodeId(5))!.HomeDerp);
    }

    private static Task SetHomeAsync(TailnetHost host, int region) => host.EditAsync(draft =>
    {
        Assert.True(draft.Snapshot.Nodes.TryGet(new NodeId(1), out var entry));
        draft.Update(entry, presence: entry.Presence with { HomeDerp = region });
    });
}
