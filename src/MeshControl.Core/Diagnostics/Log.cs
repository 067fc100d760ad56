using MeshControl.Core.Storage;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Diagnostics;

/// <summary>Messages of Core: 1000–1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "The presence of {Nodes} nodes could not be saved; it will be with the next attempt")]
    public static partial void PresenceNotSaved(ILogger logger, int nodes, Exception exception);

    [LoggerMessage(1001, LogLevel.Error, "A batch of {Commands} commands was not written ({Outcome}); those who asked are told so")]
    public static partial void CommitFailed(ILogger logger, int commands, CommitOutcome outcome, Exception? exception);

    [LoggerMessage(1002, LogLevel.Error, "{Command} failed unexpectedly and changed nothing")]
    public static partial void CommandFaulted(ILogger logger, string command, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "{Command} conflicts with a row in the database and was refused")]
    public static partial void CommandConflicts(ILogger logger, string command);

    [LoggerMessage(1004, LogLevel.Error,
        "Another server has written tailnet {Tailnet}: sequence {Expected} was expected, {Found} found; its state is taken over. "
        + "Only one server may use a database: stop the other one")]
    public static partial void OvertakenByAnotherWriter(ILogger logger, long tailnet, long expected, long found);

    [LoggerMessage(1005, LogLevel.Error, "The database cannot be read to learn whether the last commit succeeded (attempt {Attempt}); commands wait")]
    public static partial void DatabaseUnreadable(ILogger logger, int attempt, Exception exception);

    [LoggerMessage(1006, LogLevel.Error, "A background task failed and goes on: {Task}")]
    public static partial void BackgroundFailed(ILogger logger, string task, Exception exception);

    [LoggerMessage(1007, LogLevel.Information, "Tailnet {Name} has {Users} users and {Nodes} nodes")]
    public static partial void TailnetLoaded(ILogger logger, string name, int users, int nodes);

    [LoggerMessage(1008, LogLevel.Error, "The database failed in an unforeseen way while committing; what it holds is read again")]
    public static partial void CommitFaulted(ILogger logger, Exception exception);

    [LoggerMessage(1009, LogLevel.Information, "Ephemeral node {Node} ({Name}) is removed: it was last seen at {LastSeen:u}")]
    public static partial void EphemeralNodeRemoved(ILogger logger, long node, string name, DateTimeOffset lastSeen);

    [LoggerMessage(1010, LogLevel.Error, "The database could not be read for the history of the policy; whoever asked is told so")]
    public static partial void PoliciesUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(1011, LogLevel.Warning,
        "Version {Version} of the policy fails its own tests: {Problem}. It is in force all the same; correct what it allows, or the tests")]
    public static partial void PolicyTestsFail(ILogger logger, long version, string problem);

    [LoggerMessage(1012, LogLevel.Information, "Version {Version} of the policy is in force; it came from {By}")]
    public static partial void PolicyInForce(ILogger logger, long version, string by);

    [LoggerMessage(1013, LogLevel.Error, "A change could not be told to the map streams; they are ended, and clients come back for whole maps")]
    public static partial void TellingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1014, LogLevel.Warning, "{Changes} changes of pending logins could not be saved; they will be with the next attempt")]
    public static partial void LoginsNotSaved(ILogger logger, int changes, Exception exception);

    [LoggerMessage(1015, LogLevel.Warning,
        "Node {Node} is stored with a name that is none: {Problem} Others will not find it by name; give it one with `meshctl nodes rename -i {Node} NEW_NAME`")]
    public static partial void NameIsNone(ILogger logger, long node, string problem);

    [LoggerMessage(1020, LogLevel.Warning, "{Changes} changes of SSH checks could not be saved; those that wait will be with the next attempt")]
    public static partial void SshChecksNotSaved(ILogger logger, int changes, Exception exception);
}
