using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using MeshControl.Store.Postgres;
using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;
using Npgsql;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresCommitTests(PostgresFixture postgres) : CommitTests
{
    [Fact]
    public async Task Commit_SessionKilledOnTheWayToTheCommit_IsUnknownAndNothingIsWritten()
    {
        var killer = new SessionKiller(Database);
        await using var store = await Database.OpenAsync(new StoreSeams { Interceptors = [killer] });
        var tailnet = await CreateTailnetAsync(store);
        killer.Arm();

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] }, Cancellation);

        Assert.Equal(CommitOutcome.Unknown, outcome);
        Assert.Equal(0, (await LoadAsync(store, tailnet)).Sequence);
        await CommitAsync(store, Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] });
    }

    [Fact]
    public async Task LoadTailnet_WhileALostCommitIsStillUnderWay_WaitsForItsEnd()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await using var lost = await ((PostgresStoreDatabase)Database).OpenRawAsync();
        await using var transaction = await lost.BeginTransactionAsync(Cancellation);
        await using (var command = new NpgsqlCommand("UPDATE tailnet SET seq = 1", lost))
        {
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        var loading = LoadAsync(store, tailnet);
        while (await Database.QueryAsync("SELECT 1 FROM pg_locks WHERE NOT granted") is null)
        {
            Assert.False(loading.IsCompleted, "The tailnet was read without waiting.");
        }

        await transaction.CommitAsync(Cancellation);

        Assert.Equal(1, (await loading).Sequence);
    }

    [Fact]
    public async Task Commit_TextThatTheDatabaseCannotHold_BlamesTheBatch()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1, "a\0b"))] }, Cancellation);

        Assert.Equal(CommitOutcome.ConstraintViolated, outcome);
    }

    [Fact]
    public async Task Commit_Sessions_WaitForTheDisk()
    {
        await Database.ExecuteAsync($"ALTER DATABASE {Database.Location} SET synchronous_commit = off");
        await using var database = Database.Connect(StoreSeams.None);
        await using var context = database.CreateContext();

        Assert.Equal("off", await Database.QueryAsync("SHOW synchronous_commit"));
        Assert.Equal("on", await PostgresStoreDatabase.ShowAsync(context, "synchronous_commit"));
    }

    [Theory]
    [InlineData("23505", false, CommitOutcome.ConstraintViolated)]
    [InlineData("22021", false, CommitOutcome.ConstraintViolated)]
    [InlineData("40P01", false, CommitOutcome.Unavailable)]
    [InlineData("40001", true, CommitOutcome.Unavailable)]
    [InlineData("40003", true, CommitOutcome.Unknown)]
    [InlineData("53100", false, CommitOutcome.Unavailable)]
    [InlineData("57P01", true, CommitOutcome.Unknown)]
    [InlineData(null, false, CommitOutcome.Unavailable)]
    [InlineData(null, true, CommitOutcome.Unknown)]
    public void OutcomeOf_ErrorCode_IsAsCertainAsItCanBe(string? sqlState, bool committing, CommitOutcome outcome) =>
        Assert.Equal(outcome, PostgresErrors.OutcomeOf(sqlState, committing));

    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);
}
