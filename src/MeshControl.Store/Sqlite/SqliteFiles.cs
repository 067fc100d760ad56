namespace MeshControl.Store.Sqlite;

/// <summary>Files and directories of a database. They hold keys and names, so they are the server's user's alone.</summary>
internal static class SqliteFiles
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the missing directories above the file. Null, or what is wrong.</summary>
    public static string? MakeDirectoryOf(string file)
    {
        var directory = Path.GetDirectoryName(file)!;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, DirectoryMode);
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"The directory {directory} for the database cannot be made ({Reason(error)}); "
                + "create it and give it to the user that runs the server.";
        }
    }

    /// <summary>
    /// Makes the file when it is missing. SQLite takes an empty file for an empty database, and gives its logs the same mode.
    /// </summary>
    public static void MakeFile(string file) => Open(file, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();

    public static FileStream Open(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFileMode;
        }

        return new FileStream(file, options);
    }

    /// <summary>An error's text without its full stop, to be set in brackets.</summary>
    public static string Reason(Exception error) => error.Message.TrimEnd('.');
}
