using System.Data.Common;
using MeshControl.Store.Databases;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MeshControl.Store.Sqlite;

/// <summary>
/// What SQLite forgets with every connection. FULL makes a commit wait until the log is on the disk: an acknowledged change survives
/// the loss of power. The timeout is for tools that an operator runs on the file; the server itself writes one thing at a time.
/// </summary>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    private static readonly string Pragmas = $"PRAGMA synchronous = FULL; PRAGMA busy_timeout = {Database.CommandTimeoutSeconds * 1000};";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        // SQLite has no asynchronous calls.
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
