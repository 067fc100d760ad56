using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Sqlite;

/// <summary>A copy of the database beside it, in one file, with what is still in the log.</summary>
internal static class SqliteBackup
{
    /// <summary>Named after the schema it has, so that it is clear which program can read it.</summary>
    /// <returns>Where the copy is.</returns>
    public static async Task<string?> MakeAsync(
        string file, string connectionString, string schema, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var backup = $"{file}.{schema}-{time}.bak";
        var partial = backup + ".partial";
        File.Delete(partial);
        SqliteFiles.MakeFile(partial);
        await CopyAsync(connectionString, partial, cancellationToken);

        // A file of the final name is always complete.
        using (var written = SqliteFiles.Open(partial, FileMode.Open, FileShare.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        File.Move(partial, backup, overwrite: true);
        return backup;
    }

    private static async Task CopyAsync(string connectionString, string target, CancellationToken cancellationToken)
    {
        await using var source = new SqliteConnection(connectionString);
        await source.OpenAsync(cancellationToken);
        var unpooled = new SqliteConnectionStringBuilder { DataSource = target, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        await using var copy = new SqliteConnection(unpooled.ToString());
        await copy.OpenAsync(cancellationToken);
        source.BackupDatabase(copy);

        // One file alone, with no log to forget when it is moved.
        await using var command = copy.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = DELETE";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
