using MeshControl.Core.Storage;
using MeshControl.Core.Users;
using MeshControl.Store.Databases;
using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Fixtures.Later;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MeshControl.Store.Tests.Suites;

/// <summary>What happens before the first read: the schema, the lock, and refusals that say what to do.</summary>
public abstract class OpeningTests : StoreTestBase
{
    [Fact]
    public async Task Model_AgainstTheLastMigration_HasNoPendingChanges()
    {
        await using var database = Database.Connect(StoreSeams.None);
        await using var context = database.CreateContext();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.NotEmpty(context.Database.GetMigrations());
    }

    [Fact]
    public async Task Open_SchemaNewerThanTheProgram_IsRefused()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        await Database.ExecuteAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Later', '99.0.0')");
        await Database.ExecuteAsync("UPDATE server SET schema_written_by = '7.8.9'");

        var opening = await Database.TryOpenAsync();

        Assert.False(opening.Succeeded);
        AssertSentence(opening.Problem, "29990101000000_Later", "7.8.9");
    }

    [Fact]
    public async Task Open_SchemaNewerAndItsFactsUnreadable_IsRefusedAllTheSame()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        await Database.ExecuteAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Later', '99.0.0')");
        await Database.ExecuteAsync("DROP TABLE server");

        AssertSentence((await Database.TryOpenAsync()).Problem, "29990101000000_Later", "newer version");
    }

    [Fact]
    public async Task Open_DatabaseOfAnotherProgram_IsRefusedAndUntouched()
    {
        await PrepareForeignDatabaseAsync("CREATE TABLE users (id integer)");

        AssertSentence((await Database.TryOpenAsync()).Problem, "\"users\"");
        Assert.Null(await Database.QueryAsync("SELECT * FROM users"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Database.QueryAsync("SELECT * FROM tailnet"));
    }

    [Fact]
    public async Task Open_WhileAnotherServerRuns_IsRefusedUntilItStops()
    {
        var first = await Database.OpenAsync();

        var opening = await Database.TryOpenAsync();
        AssertSentence(opening.Problem, "Another server");

        // The refused attempt took nothing from the first.
        await CreateTailnetAsync(first);
        await first.DisposeAsync();
        await using var second = await Database.OpenAsync();
        Assert.Single(await second.LoadAsync(Cancellation));
    }

    [Fact]
    public async Task Open_Again_KeepsTheFirstFacts()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        var before = await Database.QueryAsync("SELECT * FROM server");
        Database.Time.Advance(TimeSpan.FromDays(1));

        await (await Database.OpenAsync()).DisposeAsync();

        Assert.NotNull(before);
        Assert.Equal(before, await Database.QueryAsync("SELECT * FROM server"));
    }

    [Fact]
    public async Task Open_MigrationFails_SaysSoAndLeavesTheOldSchema()
    {
        await using (var store = await Database.OpenAsync())
        {
            await CreateTailnetAsync(store);
        }

        await Database.ExecuteAsync("CREATE TABLE probe (id integer)");

        var opening = await Database.TryOpenAsync(LaterProgram.Seams);

        AssertSentence(opening.Problem, "could not be brought to schema", LaterProgram.Schema);
        await using var again = await Database.OpenAsync();
        Assert.Single(await again.LoadAsync(Cancellation));
    }

    [Fact]
    public async Task Open_ByALaterProgramAndThenByThisOne_IsUpdatedAndThenRefused()
    {
        await using (var store = await Database.OpenAsync())
        {
            await CreateTailnetAsync(store);
        }

        await using (var later = await Database.OpenAsync(LaterProgram.Seams))
        {
            Assert.Single(await later.LoadAsync(Cancellation));
            Assert.Equal("0", await Database.QueryAsync("SELECT count(*) FROM probe"));
        }

        AssertSentence((await Database.TryOpenAsync()).Problem, LaterProgram.Schema);
    }

    [Fact]
    public async Task Open_DatabaseFromBeforeRoles_ItsUsersAreMembersAndThereIsNoPolicy()
    {
        StoredTailnet tailnet;
        await using (var store = await Database.OpenAsync())
        {
            tailnet = await CreateTailnetAsync(store);
            await CommitAsync(store, Batch(tailnet) with { Users = [Samples.Insert(Samples.FullUser(1))] });
        }

        await using (var database = Database.Connect(StoreSeams.None))
        await using (var context = database.CreateContext())
        {
            var migrations = context.Database.GetMigrations().ToArray();
            var before = Array.FindIndex(migrations, migration => migration.EndsWith("_Policies", StringComparison.Ordinal)) - 1;
            await context.GetService<IMigrator>().MigrateAsync(migrations[before], Cancellation);
        }

        await using var updated = await Database.OpenAsync();
        var stored = await LoadAsync(updated, tailnet);
        Assert.Equal(0, UserRoles.NumberOf(Assert.Single(stored.Users)));
        Assert.Null(stored.Policy);
    }

    [Fact]
    public async Task CheckHealth_TableGone_SaysSo()
    {
        await using var store = await Database.OpenAsync();
        await Database.ExecuteAsync("DROP TABLE server");

        AssertSentence(await store.CheckHealthAsync(Cancellation), "server");
    }

    private protected abstract Task PrepareForeignDatabaseAsync(string sql);

    /// <summary>One sentence that names the database and the given facts.</summary>
    internal void AssertSentence(string? problem, params string[] facts)
    {
        Assert.NotNull(problem);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
        Assert.Contains(Database.Location, problem, StringComparison.Ordinal);
        Assert.All(facts, fact => Assert.Contains(fact, problem, StringComparison.Ordinal));
    }
}
