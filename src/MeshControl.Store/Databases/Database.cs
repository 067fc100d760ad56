using System.Data.Common;
using System.Net.Sockets;
using MeshControl.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Databases;

/// <summary>One kind of database: how to reach it, to guard it against a second server, and to understand its errors.</summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>What a single statement may take before the database counts as out of reach.</summary>
    public const int CommandTimeoutSeconds = 10;

    /// <summary>Where the database is, for sentences to the operator.</summary>
    public abstract string Name { get; }

    /// <summary>Makes the database reachable and takes the lock against a second server. Null, or what is wrong.</summary>
    public abstract Task<string?> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>A fresh context to read with, and to change the schema.</summary>
    public abstract MeshDbContext CreateContext();

    /// <summary>A fresh context to write with, one at a time: it can write only as long as this server holds the lock.</summary>
    public abstract MeshDbContext CreateWriteContext();

    /// <summary>After a write that ended in doubt or half way: nothing of its session is used again.</summary>
    public abstract ValueTask DropSessionsAsync();

    /// <summary>Null while this server holds the lock; takes it again if it was lost. Else what is wrong.</summary>
    public abstract ValueTask<string?> CheckOwnershipAsync(CancellationToken cancellationToken);

    /// <summary>The name of a table in a database that has no schema of ours, or null when there is none.</summary>
    public abstract Task<string?> FindForeignTableAsync(MeshDbContext context, CancellationToken cancellationToken);

    /// <summary>Copies the database aside before its schema changes; null where copies are the operator's business.</summary>
    /// <returns>Where the copy is.</returns>
    public abstract Task<string?> BackUpAsync(string schema, CancellationToken cancellationToken);

    /// <summary>Removes what a migration leaves behind when its process is killed and the next one would wait for.</summary>
    public abstract Task ClearMigrationLockAsync(MeshDbContext context, CancellationToken cancellationToken);

    /// <summary>One sentence about an error of the database while it is being opened.</summary>
    public abstract string Explain(Exception exception);

    public abstract ValueTask DisposeAsync();

    /// <summary>What an error says about a batch; null when it is none of the database's errors.</summary>
    /// <param name="exception">As it came out of EF Core.</param>
    /// <param name="committing">True when the commit had been sent.</param>
    public CommitOutcome? OutcomeOf(Exception exception, bool committing)
    {
        if (exception is DbUpdateConcurrencyException)
        {
            // A row that Core knows is not there: somebody edited the database by hand.
            return CommitOutcome.ConstraintViolated;
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException error)
            {
                return OutcomeOf(error, committing);
            }

            if (cause is IOException or SocketException or TimeoutException)
            {
                return committing ? CommitOutcome.Unknown : CommitOutcome.Unavailable;
            }
        }

        return committing ? CommitOutcome.Unknown : null;
    }

    protected abstract CommitOutcome OutcomeOf(DbException error, bool committing);

    protected static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
            {
                return found;
            }
        }

        return null;
    }
}
