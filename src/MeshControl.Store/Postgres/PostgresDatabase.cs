using System.Data.Common;
using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace MeshControl.Store.Postgres;

/// <summary>A database on a PostgreSQL server.</summary>
internal sealed class PostgresDatabase : Database
{
    /// <summary>The oldest major version that the driver's and our own statements are meant for; older ones get no more fixes.</summary>
    private const int MinimumMajorVersion = 13;

    private readonly NpgsqlDataSource _dataSource;
    private readonly PostgresServerLock _lock;
    private readonly StoreSeams _seams;
    private readonly DbContextOptions<PostgresMeshDbContext> _contextOptions;

    public PostgresDatabase(PostgresStoreOptions options, TimeProvider time, StoreSeams seams)
    {
        Name = $"{options.Database} on {options.Host}:{options.Port}";
        var connectionString = PostgresConnectionStrings.Pooled(options);
        _dataSource = NpgsqlDataSource.Create(connectionString);
        _lock = new PostgresServerLock(Name, PostgresConnectionStrings.ForLock(options), options.LockTimeout, time);
        _seams = seams;
        _contextOptions = Options(builder => builder.UseNpgsql(_dataSource, SetMigrations));
    }

    public override string Name { get; }

    public override async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        await using (var connection = await _dataSource.OpenConnectionAsync(cancellationToken))
        {
            if (connection.PostgreSqlVersion.Major < MinimumMajorVersion)
            {
                return $"The database {Name} is on PostgreSQL {connection.PostgreSqlVersion}; move it to {MinimumMajorVersion} or newer.";
            }
        }

        return await _lock.AcquireAsync(cancellationToken);
    }

    public override MeshDbContext CreateContext() => new PostgresMeshDbContext(_contextOptions);

    /// <summary>Writes go over the session that holds the lock: whoever has lost the one cannot use the other.</summary>
    public override MeshDbContext CreateWriteContext() => new PostgresMeshDbContext(
        Options(builder => builder.UseNpgsql(_lock.Session, SetMigrations).AddInterceptors(SessionGuard.Instance)));

    /// <summary>
    /// Ending the session also frees the lock; the next write takes it again. What broke it may have broken the pool's, too.
    /// </summary>
    public override ValueTask DropSessionsAsync()
    {
        _dataSource.Clear();
        return _lock.DisposeAsync();
    }

    public override ValueTask<string?> CheckOwnershipAsync(CancellationToken cancellationToken) =>
        _lock.CheckAsync(cancellationToken);

    /// <summary>Tables of extensions do not count.</summary>
    public override Task<string?> FindForeignTableAsync(MeshDbContext context, CancellationToken cancellationToken) =>
        context.Database.SqlQueryRaw<string>(
            """
            SELECT c.relname::text AS "Value"
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE '\_\_EF%'
                AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
            """).FirstOrDefaultAsync(cancellationToken);

    /// <summary>A PostgreSQL server has its own ways to be backed up, and a copy beside it would be no protection.</summary>
    public override Task<string?> BackUpAsync(string schema, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Here the lock ends with the session of the migration.</summary>
    public override Task ClearMigrationLockAsync(MeshDbContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public override string Explain(Exception exception) => PostgresErrors.Explain(Name, Find<PostgresException>(exception), exception);

    public override async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        await _lock.DisposeAsync();
    }

    protected override CommitOutcome OutcomeOf(DbException error, bool committing) =>
        PostgresErrors.OutcomeOf((error as PostgresException)?.SqlState, committing);

    private DbContextOptions<PostgresMeshDbContext> Options(Action<DbContextOptionsBuilder> connect)
    {
        var builder = new DbContextOptionsBuilder<PostgresMeshDbContext>();
        connect(builder);
        return builder.AddInterceptors(_seams.Interceptors).Options;
    }

    private void SetMigrations(NpgsqlDbContextOptionsBuilder postgres) => postgres.MigrationsAssembly(_seams.MigrationsAssembly);
}
