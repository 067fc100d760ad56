using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresOpeningTests(PostgresFixture postgres) : OpeningTests
{
    private PostgresStoreOptions Options => (PostgresStoreOptions)Database.Options;

    [Fact]
    public async Task Open_DatabaseDoesNotExist_SaysSo()
    {
        var problem = await OpenAsync(Options.Host, Options.Port, "nowhere", Options.User);

        Assert.Contains("nowhere", problem, StringComparison.Ordinal);
        Assert.Contains("createdb", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ServerDoesNotRun_SaysSo()
    {
        var problem = await OpenAsync("/nonexistent", 5432, "mesh", "mesh");

        Assert.Contains("cannot be reached", problem, StringComparison.Ordinal);
        Assert.Contains("database.postgres.host", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_UserMayNotCreateTables_SaysSo()
    {
        await Database.ExecuteAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await Database.ExecuteAsync("CREATE ROLE mesh_guest LOGIN");
        try
        {
            var problem = await OpenAsync(Options.Host, Options.Port, Options.Database, "mesh_guest");

            Assert.Contains("permission denied", problem, StringComparison.Ordinal);
        }
        finally
        {
            await Database.ExecuteAsync("DROP ROLE mesh_guest");
        }
    }

    [Fact]
    public async Task Open_SessionOfAKilledServerLingers_WaitsForIt()
    {
        var first = await Database.OpenAsync();
        var patient = new PostgresStoreOptions
        {
            Host = Options.Host,
            Port = Options.Port,
            Database = Options.Database,
            User = Options.User,

            // PostgreSQL ends the first session in its own time, however often the second server has asked by then.
            LockTimeout = TimeSpan.FromDays(1),
        };
        var opening = MeshStore.OpenAsync(patient, Database.Time, NullLogger.Instance, StoreSeams.None, Cancellation);
        await WaitForTimerAsync(opening);
        await first.DisposeAsync();
        while (!opening.IsCompleted)
        {
            // Only while it waits: time that passes during an attempt would use the patience up without one.
            if (Database.Time.PendingTimers > 0)
            {
                Database.Time.Advance(TimeSpan.FromMilliseconds(50));
            }

            await Task.Yield();
        }

        var second = await opening;
        Assert.True(second.Succeeded, second.Problem);
        await second.Store.DisposeAsync();
    }

    [Fact]
    public async Task Commit_LockSessionEnded_TakesTheLockAgain()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await KillSessionsAsync();

        var batch = Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] };
        Assert.Equal(CommitOutcome.Unavailable, await store.CommitAsync(batch, Cancellation));
        await CommitAsync(store, batch);

        Assert.Equal("1", await Database.QueryAsync("SELECT seq FROM tailnet"));
        AssertSentence((await Database.TryOpenAsync()).Problem, "Another server");
    }

    [Fact]
    public async Task Commit_AnotherServerTookTheLock_WritesNothingAndHealthSaysSo()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await KillSessionsAsync();
        await using var other = await Database.OpenAsync();

        var batch = Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] };
        Assert.Equal(CommitOutcome.Unavailable, await store.CommitAsync(batch, Cancellation));
        Assert.Equal(CommitOutcome.Unavailable, await store.CommitAsync(batch, Cancellation));

        AssertSentence(await store.CheckHealthAsync(Cancellation), "Another server");
        await Assert.ThrowsAnyAsync<Exception>(() => store.ReserveIdsAsync(IdKind.Node, 1, Cancellation));
        Assert.Equal("0", await Database.QueryAsync("SELECT seq FROM tailnet"));
    }

    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);

    private protected override Task PrepareForeignDatabaseAsync(string sql) => Database.ExecuteAsync(sql);

    private async Task<string> OpenAsync(string host, int port, string database, string user)
    {
        var options = new PostgresStoreOptions { Host = host, Port = port, Database = database, User = user, LockTimeout = TimeSpan.Zero };
        var opening = await MeshStore.OpenAsync(options, Database.Time, NullLogger.Instance, StoreSeams.None, Cancellation);
        Assert.False(opening.Succeeded);
        Assert.EndsWith(".", opening.Problem, StringComparison.Ordinal);
        return opening.Problem;
    }

    private Task KillSessionsAsync() => Database.ExecuteAsync(SessionKiller.KillOtherSessions);

    private async Task WaitForTimerAsync(Task opening)
    {
        while (Database.Time.PendingTimers == 0)
        {
            Assert.False(opening.IsCompleted, "The second server did not wait.");
            await Task.Yield();
        }
    }
}
