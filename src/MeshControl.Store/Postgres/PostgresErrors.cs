using MeshControl.Core.Storage;
using Npgsql;

namespace MeshControl.Store.Postgres;

/// <summary>PostgreSQL's error codes, as far as they decide something. Two characters name a class of errors.</summary>
internal static class PostgresErrors
{
    private const string DataException = "22";
    private const string IntegrityConstraintViolation = "23";
    private const string TransactionRollback = "40";
    private const string ProgramLimitExceeded = "54";

    public static CommitOutcome OutcomeOf(string? sqlState, bool committing) => sqlState is null
        ? NoAnswer(committing)
        : sqlState[..2] switch
        {
            // The value is at fault, so the batch must not be repeated as it is.
            DataException or IntegrityConstraintViolation or ProgramLimitExceeded => CommitOutcome.ConstraintViolated,
            TransactionRollback when sqlState != PostgresErrorCodes.StatementCompletionUnknown => CommitOutcome.Unavailable,
            _ => NoAnswer(committing),
        };

    public static string Explain(string database, PostgresException? error, Exception exception) => error?.SqlState switch
    {
        PostgresErrorCodes.InvalidCatalogName =>
            $"The database {database} does not exist; create it with createdb, or correct database.postgres.name.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"PostgreSQL does not let the user in to the database {database} ({Reason(error)}); "
            + "correct database.postgres.user and database.postgres.pass, or the server's pg_hba.conf.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"The user may not do what is needed in the database {database} ({Reason(error)}); make it the owner of the database.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            $"The database {database} is read-only, perhaps a standby; name the primary server in database.postgres.host.",
        null =>
            $"The database {database} cannot be reached ({SingleLine(exception.GetBaseException().Message)}); "
            + "check that PostgreSQL runs and that database.postgres.host and database.postgres.port are right.",
        _ => $"The database {database} cannot be used ({Reason(error)}); repair the cause and start again.",
    };

    private static CommitOutcome NoAnswer(bool committing) => committing ? CommitOutcome.Unknown : CommitOutcome.Unavailable;

    private static string Reason(PostgresException error) => $"{error.SqlState}: {SingleLine(error.MessageText)}";

    private static string SingleLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.');
}
