using System.Data;
using Npgsql;

namespace MeshControl.Store.Postgres;

/// <summary>
/// An advisory lock of the database, held by a session of its own for as long as a server runs. PostgreSQL frees it when the session
/// ends; if that happens under a running server (PostgreSQL was restarted), the next write takes it again or is refused.
/// </summary>
internal sealed class PostgresServerLock(string database, string connectionString, TimeSpan timeout, TimeProvider time) : IAsyncDisposable
{
    // "mesh" in ASCII, and which of its locks: the pair must only differ from those of other programs in the same database.
    private const int LockClass = 0x6D657368;
    private const int ServerLock = 1;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    // Guarded by the caller: one call at a time.
    private NpgsqlConnection? _session;

    /// <summary>The session that holds the lock, as of the last call that said so.</summary>
    public NpgsqlConnection Session => _session ?? throw new InvalidOperationException("The lock is not held.");

    /// <summary>Tries until the timeout: the session of a server that was killed may linger. Null, or what is wrong.</summary>
    public async Task<string?> AcquireAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var problem = await TryAcquireAsync(cancellationToken);
            if (problem is null || time.GetElapsedTime(start) >= timeout)
            {
                return problem;
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    /// <summary>Null while the lock is held, if need be by taking it once more. Throws when the database is out of reach.</summary>
    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
        _session is { FullState: ConnectionState.Open } ? null : await TryAcquireAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }
    }

    private async Task<string?> TryAcquireAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        var session = new NpgsqlConnection(connectionString);
        try
        {
            await session.OpenAsync(cancellationToken);
            await using var command = session.CreateCommand();
            command.CommandText = $"SELECT pg_try_advisory_lock({LockClass}, {ServerLock})";
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                (_session, session) = (session, null);
                return null;
            }

            var holder = await FindHolderAsync(session, cancellationToken);
            return $"Another server{holder} is using the database {database}; stop it first, or give this one a database of its own.";
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }
    }

    private static async Task<string> FindHolderAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand();
        command.CommandText =
            $"""
            SELECT l.pid || coalesce(' from ' || host(a.client_addr), '')
            FROM pg_locks AS l
            JOIN pg_stat_activity AS a ON a.pid = l.pid
            JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()
            WHERE l.locktype = 'advisory' AND l.classid = {LockClass} AND l.objid = {ServerLock} AND l.granted
            """;
        return await command.ExecuteScalarAsync(cancellationToken) is string holder ? $" (database session {holder})" : "";
    }
}
