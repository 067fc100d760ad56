using MeshControl.Core.Storage;
using MeshControl.Store.Tests.Fixtures;

namespace MeshControl.Store.Tests.Suites;

/// <summary>An id is given out once.</summary>
public abstract class IdTests : StoreTestBase
{
    [Fact]
    public async Task ReserveIds_Kinds_CountFromOneEach()
    {
        await using var store = await Database.OpenAsync();

        Assert.Equal(1, await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation));
        Assert.Equal(65, await store.ReserveIdsAsync(IdKind.Node, 1, Cancellation));
        Assert.Equal(1, await store.ReserveIdsAsync(IdKind.User, 64, Cancellation));
    }

    [Fact]
    public async Task ReserveIds_AfterARestart_GoesOn()
    {
        await using (var store = await Database.OpenAsync())
        {
            await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation);
        }

        await using var again = await Database.OpenAsync();
        Assert.Equal(65, await again.ReserveIdsAsync(IdKind.Node, 64, Cancellation));
    }

    [Fact]
    public async Task ReserveIds_ManyAtOnce_NeverOverlap()
    {
        await using var store = await Database.OpenAsync();

        var firsts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(
            () => store.ReserveIdsAsync(IdKind.User, 5, Cancellation), Cancellation)));

        Assert.Equal(Enumerable.Range(0, 20).Select(block => (block * 5L) + 1), firsts.Order());
    }

    [Fact]
    public async Task ReleaseIds_OfTheLastBlock_AreGivenOutAgain()
    {
        await using var store = await Database.OpenAsync();
        await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation);

        await store.ReleaseIdsAsync(IdKind.Node, 4, 65, Cancellation);

        Assert.Equal(4, await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation));
    }

    [Fact]
    public async Task ReleaseIds_OfAnOlderBlock_ChangesNothing()
    {
        await using var store = await Database.OpenAsync();
        await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation);
        await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation);

        await store.ReleaseIdsAsync(IdKind.Node, 4, 65, Cancellation);

        Assert.Equal(129, await store.ReserveIdsAsync(IdKind.Node, 64, Cancellation));
    }

    [Fact]
    public async Task ReserveIds_RowsDeleted_AreNotUsedAgain()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        var id = await store.ReserveIdsAsync(IdKind.Node, 1, Cancellation);
        await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(id))] });
        await CommitAsync(store, Batch(tailnet, 1) with { Nodes = [Samples.Delete(Samples.Node(id))] });

        Assert.Equal(id + 1, await store.ReserveIdsAsync(IdKind.Node, 1, Cancellation));
    }
}
