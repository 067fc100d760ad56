using MeshControl.Store.Databases;
using MeshControl.Store.Diagnostics;
using MeshControl.Store.Mapping;
using MeshControl.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MeshControl.Store.Schema;

/// <summary>
/// Brings the schema of an opened and locked database to what this program knows, or says why that cannot be. A database that holds
/// data is copied aside first, where that is ours to do.
/// </summary>
internal sealed class SchemaKeeper(Database database, TimeProvider time, ILogger logger)
{
    /// <summary>A migration may rewrite large tables; giving up half way would help nobody.</summary>
    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromHours(1);

    private static string ProgramVersion => typeof(SchemaKeeper).Assembly.GetName().Version!.ToString(3);

    /// <returns>Null, or what is wrong and what to do.</returns>
    public async Task<string?> BringUpToDateAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateContext();
        context.Database.SetCommandTimeout(MigrationTimeout);
        var known = context.Database.GetMigrations().ToList();
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).LastOrDefault() is { } newer)
        {
            var writer = await WriterAsync(context, cancellationToken);
            return $"The database {database.Name} has schema {newer}, which {writer} wrote and this version of the server does not know; "
                + "start that version or a newer one, or restore a backup made before the update.";
        }

        if (applied.Count == 0 && await database.FindForeignTableAsync(context, cancellationToken) is { } table)
        {
            return $"The database {database.Name} belongs to another program (it has a table \"{table}\"); name an empty or a new one.";
        }

        if (known.Count > applied.Count)
        {
            var from = applied.LastOrDefault();
            var backup = from is null ? null : await database.BackUpAsync(from, cancellationToken);
            if (await MigrateAsync(context, known[^1], backup, cancellationToken) is { } problem)
            {
                return problem;
            }

            Log.SchemaUpdated(logger, database.Name, from ?? "nothing", known[^1], backup ?? "not made");
        }

        Log.DatabaseOpened(logger, database.Name, known[^1]);
        return null;
    }

    private async Task<string?> MigrateAsync(
        MeshDbContext context, string schema, string? backup, CancellationToken cancellationToken)
    {
        try
        {
            // We are alone: whoever held this lock was killed, and the migration would wait for it for ever.
            await database.ClearMigrationLockAsync(context, cancellationToken);
            await context.Database.MigrateAsync(cancellationToken);
            await SignAsync(context, cancellationToken);
            return null;
        }
        catch (Exception exception) when (database.OutcomeOf(exception, committing: false) is not null)
        {
            var reason = exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
            return $"The database {database.Name} could not be brought to schema {schema} ({reason}); repair the cause and start again"
                + (backup is null ? "." : $", or go back to the copy {backup}.");
        }
    }

    /// <summary>Notes who wrote the schema, for the message of an older program that meets it.</summary>
    private async Task SignAsync(MeshDbContext context, CancellationToken cancellationToken)
    {
        var now = Microseconds.Of(time.GetUtcNow());
        var changed = await context.Server.ExecuteUpdateAsync(
            row => row.SetProperty(server => server.SchemaWrittenBy, ProgramVersion).SetProperty(server => server.SchemaWrittenAt, now),
            cancellationToken);
        if (changed == 0)
        {
            context.Server.Add(new ServerRow
            {
                Id = ServerRow.TheOne,
                CreatedAt = now,
                SchemaWrittenBy = ProgramVersion,
                SchemaWrittenAt = now,
            });
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>The schema is not ours, so the table may have changed beyond reading.</summary>
    private async Task<string> WriterAsync(MeshDbContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Server.Select(row => row.SchemaWrittenBy).FirstOrDefaultAsync(cancellationToken) is { Length: > 0 } version
                ? $"version {version}"
                : "a newer version";
        }
        catch (Exception exception) when (database.OutcomeOf(exception, committing: false) is not null)
        {
            return "a newer version";
        }
    }
}
