using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using MeshControl.Store.Sqlite;
using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Fixtures.Later;
using MeshControl.Store.Tests.Suites;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Store.Tests.Sqlite;

public sealed class SqliteOpeningTests : OpeningTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private SqliteTestDatabase Sqlite => (SqliteTestDatabase)Database;

    [Fact]
    public async Task Open_MissingDirectories_AreMadeForTheOwnerAlone()
    {
        await using var store = await Database.OpenAsync();

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Sqlite.FilePath)!));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Sqlite.FilePath));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Sqlite.FilePath + "-wal"));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Sqlite.FilePath + ".lock"));
    }

    [Fact]
    public async Task Open_DirectoryIsAFile_SaysSo()
    {
        await File.WriteAllTextAsync(Path.GetDirectoryName(Sqlite.FilePath)!, "in the way", Cancellation);

        var opening = await Database.TryOpenAsync();

        Assert.Contains($"The directory {Path.GetDirectoryName(Sqlite.FilePath)} ", opening.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileIsNoDatabase_SaysSoAndLeavesIt()
    {
        var content = string.Concat(Enumerable.Repeat("longer than the header of a database ", 10));
        Directory.CreateDirectory(Path.GetDirectoryName(Sqlite.FilePath)!);
        await File.WriteAllTextAsync(Sqlite.FilePath, content, Cancellation);

        AssertSentence((await Database.TryOpenAsync()).Problem, "not an SQLite database", "database.sqlite.path");
        Assert.Equal(content, await File.ReadAllTextAsync(Sqlite.FilePath, Cancellation));
    }

    [Fact]
    public async Task Open_Connections_AreDurableAndCheckForeignKeys()
    {
        await using var store = await Database.OpenAsync();
        await using var database = Database.Connect(StoreSeams.None);
        await using var context = database.CreateContext();

        Assert.Equal("wal", await PragmaAsync("journal_mode"));
        Assert.Equal("2", await PragmaAsync("synchronous"));
        Assert.Equal("1", await PragmaAsync("foreign_keys"));
        Assert.Equal("10000", await PragmaAsync("busy_timeout"));

        Task<string> PragmaAsync(string name)
        {
            var sql = "SELECT CAST((SELECT * FROM pragma_" + name + ") AS TEXT) AS Value";
            return context.Database.SqlQueryRaw<string>(sql).SingleAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Dispose_TheLog_IsWrittenBackIntoTheFile()
    {
        await using (var store = await Database.OpenAsync())
        {
            await CreateTailnetAsync(store);
            Assert.True(File.Exists(Sqlite.FilePath + "-wal"));
        }

        Assert.False(File.Exists(Sqlite.FilePath + "-wal"));
    }

    [Fact]
    public async Task Open_SameFileByAnotherName_IsRefused()
    {
        await using var store = await Database.OpenAsync();
        var link = Path.Combine(Sqlite.Root.FullName, "link.sqlite");
        File.CreateSymbolicLink(link, Sqlite.FilePath);

        var opening = await MeshStore.OpenAsync(
            new SqliteStoreOptions { Path = link }, Database.Time, NullLogger.Instance, StoreSeams.None, Cancellation);

        AssertSentence(opening.Problem, "Another server");
    }

    [Fact]
    public async Task Open_NothingToMigrate_MakesNoBackup()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        await (await Database.OpenAsync()).DisposeAsync();

        Assert.Empty(Backups());
    }

    [Fact]
    public async Task Open_BeforeAMigration_MakesACopyThatTheOldProgramCanUse()
    {
        await using (var store = await Database.OpenAsync())
        {
            var tailnet = await CreateTailnetAsync(store);
            await CommitAsync(store, Batch(tailnet) with { Nodes = [Samples.Insert(Samples.Node(1))] });
        }

        var schema = await Database.QueryAsync("SELECT max(MigrationId) FROM __EFMigrationsHistory");
        await (await Database.OpenAsync(LaterProgram.Seams)).DisposeAsync();

        var backup = Assert.Single(Backups());
        Assert.Equal($"{Sqlite.FilePath}.{schema}-20260801T120000Z.bak", backup);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(backup));
        File.Move(backup, Sqlite.FilePath, overwrite: true);
        await using var again = await Database.OpenAsync();
        AssertSame(Samples.Node(1), Assert.Single(Assert.Single(await again.LoadAsync(Cancellation)).Nodes));
    }

    [Fact]
    public async Task Open_BeforeAMigration_TheCopyHoldsWhatIsOnlyInTheLog()
    {
        await (await Database.OpenAsync()).DisposeAsync();

        // A second connection keeps the log from being written back, as a crash does.
        await using var reader = new SqliteConnection($"Data Source={Sqlite.FilePath};Pooling=False");
        await reader.OpenAsync(Cancellation);
        await using var command = reader.CreateCommand();
        command.CommandText = "PRAGMA wal_autocheckpoint = 0; INSERT INTO tailnet VALUES (1, 'in the log', 0, 0)";
        await command.ExecuteNonQueryAsync(Cancellation);

        await (await Database.OpenAsync(LaterProgram.Seams)).DisposeAsync();

        await using var copy = new SqliteConnection($"Data Source={Assert.Single(Backups())};Mode=ReadOnly;Pooling=False");
        await copy.OpenAsync(Cancellation);
        Assert.Equal("in the log", copy.Scalar("SELECT name FROM tailnet"));
    }

    [Fact]
    public async Task Open_MigrationFails_NamesTheCopy()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        await Database.ExecuteAsync("CREATE TABLE probe (id)");

        AssertSentence((await Database.TryOpenAsync(LaterProgram.Seams)).Problem, Assert.Single(Backups()));
    }

    [Fact]
    public async Task Open_AfterAMigrationWasKilled_DoesNotWaitForItsLock()
    {
        await (await Database.OpenAsync()).DisposeAsync();
        await Database.ExecuteAsync("CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT)");
        await Database.ExecuteAsync("INSERT INTO __EFMigrationsLock VALUES (1, '2026-08-01')");

        await using var later = await Database.OpenAsync(LaterProgram.Seams);

        Assert.Null(await later.CheckHealthAsync(Cancellation));
    }

    [Fact]
    public async Task Commit_TheFileVanished_WritesNothingAnywhereElse()
    {
        await using var store = await Database.OpenAsync();
        var tailnet = await CreateTailnetAsync(store);
        await using var database = Database.Connect(StoreSeams.None);
        SqliteConnection.ClearAllPools();
        File.Delete(Sqlite.FilePath);

        var outcome = await store.CommitAsync(Batch(tailnet) with { Users = [Samples.Insert(Samples.User(1))] }, Cancellation);

        Assert.Equal(CommitOutcome.Unavailable, outcome);
        Assert.False(File.Exists(Sqlite.FilePath));
        AssertSentence(await store.CheckHealthAsync(Cancellation));
    }

    [Theory]
    [InlineData(19, false, CommitOutcome.ConstraintViolated)]
    [InlineData(19, true, CommitOutcome.ConstraintViolated)]
    [InlineData(18, false, CommitOutcome.ConstraintViolated)]
    [InlineData(5, false, CommitOutcome.Unavailable)]
    [InlineData(5, true, CommitOutcome.Unavailable)]
    [InlineData(13, false, CommitOutcome.Unavailable)]
    [InlineData(13, true, CommitOutcome.Unknown)]
    [InlineData(10, false, CommitOutcome.Unavailable)]
    [InlineData(10, true, CommitOutcome.Unknown)]
    public void OutcomeOf_ErrorCode_IsAsCertainAsItCanBe(int code, bool committing, CommitOutcome outcome) =>
        Assert.Equal(outcome, SqliteErrors.OutcomeOf(code, committing));

    private protected override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult<TestDatabase>(new SqliteTestDatabase());

    private protected override Task PrepareForeignDatabaseAsync(string sql)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Sqlite.FilePath)!);
        using var connection = new SqliteConnection($"Data Source={Sqlite.FilePath};Pooling=False");
        connection.Open();
        connection.Scalar(sql);
        return Task.CompletedTask;
    }

    private string[] Backups() => Directory.GetFiles(Path.GetDirectoryName(Sqlite.FilePath)!, "*.bak*");
}
