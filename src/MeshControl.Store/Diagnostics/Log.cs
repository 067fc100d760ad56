using MeshControl.Core.Storage;
using Microsoft.Extensions.Logging;

namespace MeshControl.Store.Diagnostics;

/// <summary>Messages of Store: 3000–3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Opened the database {Database}, schema {Schema}")]
    public static partial void DatabaseOpened(ILogger logger, string database, string schema);

    [LoggerMessage(3001, LogLevel.Information,
        "The schema of the database {Database} was changed from {From} to {To}; copy of the old one: {Backup}")]
    public static partial void SchemaUpdated(ILogger logger, string database, string from, string to, string backup);

    [LoggerMessage(3002, LogLevel.Warning, "A commit to tailnet {Tailnet} at sequence {Sequence} ended as {Outcome}")]
    public static partial void CommitFailed(ILogger logger, long tailnet, long sequence, CommitOutcome outcome, Exception exception);

    [LoggerMessage(3003, LogLevel.Error, "Nothing is written any more: {Problem}")]
    public static partial void OwnershipLost(ILogger logger, string problem);
}
