using MeshControl.Core.Model;
using MeshControl.Core.Storage;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>A test class that gets an empty database of one kind; the kinds derive from the suite.</summary>
public abstract class StoreTestBase : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Database = await CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static async Task<StoredTailnet> CreateTailnetAsync(MeshStore store, string name = "default") =>
        await store.CreateTailnetAsync(name, Samples.Noon, Cancellation);

    internal static CommitBatch Batch(StoredTailnet tailnet, long expected = 0) => new(tailnet.Id, expected, Samples.Noon);

    internal static async Task CommitAsync(MeshStore store, CommitBatch batch) =>
        Assert.Equal(CommitOutcome.Committed, await store.CommitAsync(batch, Cancellation));

    internal static async Task<StoredTailnet> LoadAsync(MeshStore store, StoredTailnet tailnet)
    {
        var stored = await store.LoadTailnetAsync(tailnet.Id, Cancellation);
        Assert.NotNull(stored);
        return stored;
    }

    /// <summary>By content: an immutable array compares by identity.</summary>
    internal static void AssertSame(Node expected, Node actual)
    {
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected with { Tags = actual.Tags }, actual);
    }

    internal static void AssertSame(PreAuthKey expected, PreAuthKey actual)
    {
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected with { Tags = actual.Tags }, actual);
    }

    internal static void AssertSame(NodePresence expected, NodePresence actual)
    {
        Assert.Equal(expected.Endpoints, actual.Endpoints);
        Assert.Equal(expected with { Endpoints = actual.Endpoints }, actual);
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();
}
