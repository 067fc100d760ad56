using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Core.Users;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>Ids come in blocks, are never given out twice, and do not jump at a clean stop.</summary>
public sealed class IdAllocationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_ManyUsers_OneReservationPerBlock()
    {
        await using var host = new TailnetHost();
        for (var number = 0; number < 130; number++)
        {
            await host.ExecuteAsync(NewUser(number));
        }

        Assert.Equal(3, host.Store.Reservations);
        Assert.Equal(Enumerable.Range(1, 130).Select(id => (long)id), host.Snapshot.Users.Keys.Select(id => id.Value).Order());
    }

    [Fact]
    public async Task Execute_BatchLargerThanABlock_HasIdsForAll()
    {
        await using var host = new TailnetHost(run: false);
        var users = Enumerable.Range(0, 300).Select(number => host.ExecuteAsync(NewUser(number))).ToArray();
        host.Run();

        Assert.All(await Task.WhenAll(users), result => Assert.Null(result.Error));
        Assert.Equal(300, host.Snapshot.Users.Count);
    }

    [Fact]
    public async Task Execute_CommitFails_IdsAreNotReused()
    {
        await using var host = new TailnetHost();
        host.Store.FailNextCommit(CommitOutcome.Unavailable);
        await host.ExecuteAsync(NewUser(1));
        var lost = Assert.Single(Assert.Single(host.Store.Batches).Users).Entity.Id;

        var user = (await host.ExecuteAsync(NewUser(2))).Value;

        Assert.True(user.Id.Value > lost.Value);
    }

    [Fact]
    public async Task Release_AtStop_NextServerGoesOnWithoutAJump()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(NewUser(1));
        await host.ExecuteAsync(NewUser(2));
        await host.CompleteAsync();

        await host.ReleaseIdsAsync();

        Assert.Equal(3, host.Store.NextId(IdKind.User));
    }

    [Fact]
    public async Task Release_BlockWasNeverTouched_IsGivenBackWhole()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        // Refused, so that the id set aside for it is not used.
        Assert.NotNull((await host.ExecuteAsync(NewUser(1))).Error);
        await host.CompleteAsync();

        await host.ReleaseIdsAsync();

        Assert.Equal(1, host.Store.Reservations);
        Assert.Equal(3, host.Store.NextId(IdKind.User));
    }

    [Fact]
    public async Task Release_SomebodyReservedSince_NothingIsGivenBack()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(NewUser(1));
        await host.CompleteAsync();
        await host.Store.ReserveIdsAsync(IdKind.User, 10, Cancel);

        await host.ReleaseIdsAsync();

        Assert.Equal(75, host.Store.NextId(IdKind.User));
    }

    [Fact]
    public async Task Allocator_SharedByManyWriters_EveryIdIsUnique()
    {
        var store = new FakeStore();
        using var ids = new IdAllocator(store);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                var random = new Random(writer);
                var mine = new List<long>();
                for (var round = 0; round < 200; round++)
                {
                    var counts = new Dictionary<IdKind, int> { [IdKind.Node] = random.Next(1, 20) };
                    await ids.EnsureAsync(counts, Cancel);
                    mine.AddRange(Enumerable.Range(0, random.Next(counts[IdKind.Node] + 1)).Select(_ => ids.Next(IdKind.Node)).ToArray());
                    ids.Done(counts);
                }

                return mine;
            },
            Cancel)));

        var all = taken.SelectMany(mine => mine).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    private static CreateUserCommand NewUser(int number) => new($"user{number}", "", null, null);
}
