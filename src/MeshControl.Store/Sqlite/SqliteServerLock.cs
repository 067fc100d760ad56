namespace MeshControl.Store.Sqlite;

/// <summary>
/// A file beside the database, locked while a server runs. The operating system frees it when the process ends, however it ends; the
/// file itself stays, because removing it could race with the next server.
/// </summary>
internal sealed class SqliteServerLock : IDisposable
{
    private const string Suffix = ".lock";

    // EWOULDBLOCK, the one error of flock that means "somebody else has it": on Linux, on macOS.
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly FileStream _file;

    private SqliteServerLock(FileStream file) => _file = file;

    /// <summary>Null when another server has the lock, or the file cannot be made; then <paramref name="problem"/> says which.</summary>
    public static SqliteServerLock? TryAcquire(string database, out string? problem)
    {
        var path = database + Suffix;
        problem = null;
        try
        {
            return new SqliteServerLock(SqliteFiles.Open(path, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (UnauthorizedAccessException error)
        {
            problem = $"The file {path} cannot be made or written ({SqliteFiles.Reason(error)}); "
                + "give the database and its directory to the user that runs the server.";
            return null;
        }
        catch (IOException error)
        {
            problem = error.HResult is WouldBlockLinux or WouldBlockMac
                ? $"Another server is using the database {database}; stop it first, or give this one a database of its own."
                : $"The file {path} cannot be made ({SqliteFiles.Reason(error)}); check the disk and the directory of the database.";
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
