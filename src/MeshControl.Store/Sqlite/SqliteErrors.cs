using MeshControl.Core.Storage;
using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Sqlite;

/// <summary>SQLite's error codes, as far as they decide something.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int NotADatabase = 26;

    public static CommitOutcome OutcomeOf(int code, bool committing) => code switch
    {
        // The value is at fault, so the batch must not be repeated as it is.
        Constraint or TooBig or Mismatch => CommitOutcome.ConstraintViolated,

        // A refused lock leaves the transaction open; it is rolled back.
        Busy or Locked => CommitOutcome.Unavailable,

        // After an error of the disk during the commit, the log may hold the whole transaction or not.
        _ => committing ? CommitOutcome.Unknown : CommitOutcome.Unavailable,
    };

    public static string Explain(string file, SqliteException? error, Exception exception) => error?.SqliteErrorCode switch
    {
        null when exception is UnauthorizedAccessException => NotWritable(file, exception),
        NotADatabase => $"The file {file} is not an SQLite database; name another one in database.sqlite.path, or move it away.",
        Corrupt => $"The database {file} is damaged ({SqliteFiles.Reason(error)}); restore a backup.",
        Full => $"There is no room on the disk of the database {file}; make some and start again.",
        ReadOnly or CannotOpen => NotWritable(file, error),
        Busy or Locked => $"Another program holds a lock on the database {file}; end it and start again.",
        _ => $"The database {file} cannot be used ({SqliteFiles.Reason(error ?? exception)}); "
            + "repair the cause and start again, or restore a backup.",
    };

    private static string NotWritable(string file, Exception error) =>
        $"The database {file} cannot be opened for writing ({SqliteFiles.Reason(error)}); "
        + "give it and its directory to the user that runs the server.";
}
