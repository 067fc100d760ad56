using System.Data.Common;
using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Sqlite;

/// <summary>SQLite in a file of its own, in WAL mode and durable at every commit.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly TimeProvider _time;
    private readonly DbContextOptions<SqliteMeshDbContext> _contextOptions;
    private SqliteServerLock? _lock;

    public SqliteDatabase(SqliteStoreOptions options, TimeProvider time, StoreSeams seams)
    {
        _time = time;
        FilePath = RealPath(options.Path);
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = FilePath,

            // The file is made once, with its mode, before the first connection. Should it vanish under a running server, writes
            // must fail and not begin an empty database.
            Mode = SqliteOpenMode.ReadWrite,
            ForeignKeys = true,
            DefaultTimeout = CommandTimeoutSeconds,
        }.ToString();
        _contextOptions = new DbContextOptionsBuilder<SqliteMeshDbContext>()
            .UseSqlite(ConnectionString, sqlite => sqlite.MigrationsAssembly(seams.MigrationsAssembly))
            .AddInterceptors([new SqliteConnectionSetup(), .. seams.Interceptors])
            .Options;
    }

    public override string Name => FilePath;

    public string FilePath { get; }

    private string ConnectionString { get; }

    public override async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (SqliteLibrary.Problem(SqliteLibrary.Version) is { } library)
        {
            return library;
        }

        if (SqliteFiles.MakeDirectoryOf(FilePath) is { } directory)
        {
            return directory;
        }

        _lock = SqliteServerLock.TryAcquire(FilePath, out var problem);
        if (_lock is null)
        {
            return problem;
        }

        SqliteFiles.MakeFile(FilePath);
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        var mode = await command.ExecuteScalarAsync(cancellationToken) as string;
        return mode == "wal"
            ? null
            : $"The file system of {FilePath} does not support SQLite's write-ahead log (journal mode is {mode}); "
                + "put the database on a local disk.";
    }

    public override MeshDbContext CreateContext() => new SqliteMeshDbContext(_contextOptions);

    public override MeshDbContext CreateWriteContext() => CreateContext();

    /// <summary>The pool rolls back what a returned connection left open.</summary>
    public override ValueTask DropSessionsAsync() => ValueTask.CompletedTask;

    /// <summary>The operating system keeps the lock for as long as this process lives.</summary>
    public override ValueTask<string?> CheckOwnershipAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public override Task<string?> FindForeignTableAsync(MeshDbContext context, CancellationToken cancellationToken) =>
        context.Database.SqlQueryRaw<string>(
            """
            SELECT name AS Value
            FROM sqlite_master
            WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_\_EF%' ESCAPE '\'
            """).FirstOrDefaultAsync(cancellationToken);

    public override Task<string?> BackUpAsync(string schema, CancellationToken cancellationToken) =>
        SqliteBackup.MakeAsync(FilePath, ConnectionString, schema, _time.GetUtcNow(), cancellationToken);

    public override Task ClearMigrationLockAsync(MeshDbContext context, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);

    public override string Explain(Exception exception) => SqliteErrors.Explain(FilePath, Find<SqliteException>(exception), exception);

    public override ValueTask DisposeAsync()
    {
        // Closing the last connection writes the log back into the file and removes it. Only then may another server begin.
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        _lock?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override CommitOutcome OutcomeOf(DbException error, bool committing) =>
        SqliteErrors.OutcomeOf((error as SqliteException)?.SqliteErrorCode ?? 0, committing);

    /// <summary>One file, one name: two paths to it must meet in the same lock.</summary>
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Opening it will say what is wrong.
            return full;
        }
    }
}
