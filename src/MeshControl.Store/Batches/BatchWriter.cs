using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Store.Databases;
using MeshControl.Store.Diagnostics;
using MeshControl.Store.Mapping;
using MeshControl.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MeshControl.Store.Batches;

/// <summary>Writes one batch in one transaction: the fence, the rows, the change log. Reads nothing.</summary>
internal sealed class BatchWriter(Database database, ILogger logger)
{
    public async Task<CommitOutcome> WriteAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        var committing = false;
        try
        {
            await using var context = database.CreateWriteContext();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            if (!await AdvanceAsync(context, batch, cancellationToken))
            {
                return CommitOutcome.Fenced;
            }

            Stage(context, batch);
            await context.SaveChangesAsync(cancellationToken);
            await TrimPoliciesAsync(context, batch, cancellationToken);

            // From here on nothing can be taken back, so nobody may stop waiting for the answer either.
            committing = true;
            await transaction.CommitAsync(CancellationToken.None);
            return CommitOutcome.Committed;
        }
        catch (Exception exception) when (
            exception is not OperationCanceledException && database.OutcomeOf(exception, committing) is not null)
        {
            var outcome = database.OutcomeOf(exception, committing)!.Value;
            Log.CommitFailed(logger, batch.Tailnet.Value, batch.NewSequence, outcome, exception);
            if (outcome != CommitOutcome.ConstraintViolated)
            {
                await database.DropSessionsAsync();
            }

            return outcome;
        }
    }

    /// <summary>Moves the sequence on, first of all: that locks the tailnet's row and stops a second writer at once.</summary>
    private static async Task<bool> AdvanceAsync(MeshDbContext context, CommitBatch batch, CancellationToken cancellationToken)
    {
        var rows = await context.Tailnets
            .Where(tailnet => tailnet.Id == batch.Tailnet.Value && tailnet.Seq == batch.ExpectedSequence)
            .ExecuteUpdateAsync(tailnet => tailnet.SetProperty(row => row.Seq, batch.NewSequence), cancellationToken);
        return rows == 1;
    }

    private static void Stage(MeshDbContext context, CommitBatch batch)
    {
        var tailnet = batch.Tailnet;
        foreach (var user in batch.Users)
        {
            Stage(context.Users, user.Operation, user.Entity.ToRow(tailnet));
        }

        foreach (var node in batch.Nodes)
        {
            Stage(context.Nodes, node.Operation, node.Entity.ToRow(tailnet));
        }

        foreach (var (node, presence) in batch.Presence)
        {
            context.Presence.Add(presence.ToRow(node, tailnet));
        }

        foreach (var key in batch.PreAuthKeys)
        {
            Stage(context.PreAuthKeys, key.Operation, key.Entity.ToRow(tailnet));
        }

        foreach (var key in batch.ApiKeys)
        {
            Stage(context.ApiKeys, key.Operation, key.Entity.ToRow(tailnet));
        }

        context.Policies.AddRange(batch.Policies.Select(policy => policy.ToRow(tailnet)));
        for (var ordinal = 0; ordinal < batch.Changes.Count; ordinal++)
        {
            context.Changes.Add(ToRow(batch, ordinal));
        }
    }

    /// <summary>Removes what is too old to be kept: in the same transaction, since nobody comes by later to do it.</summary>
    private static async Task TrimPoliciesAsync(MeshDbContext context, CommitBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Policies.Count == 0)
        {
            return;
        }

        var last = batch.Policies[^1].Version - PolicyLimits.MaxVersions;
        if (last > 0)
        {
            await context.Policies
                .Where(policy => policy.TailnetId == batch.Tailnet.Value && policy.Version <= last)
                .ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>EF Core sorts the statements: rows before those that refer to them, deletions and updates before insertions.</summary>
    private static void Stage<TRow>(DbSet<TRow> table, RowOperation operation, TRow row)
        where TRow : class
    {
        _ = operation switch
        {
            RowOperation.Insert => table.Add(row),
            RowOperation.Update => table.Update(row),
            RowOperation.Delete => table.Remove(row),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation."),
        };
    }

    private static ChangeRow ToRow(CommitBatch batch, int ordinal) => new()
    {
        TailnetId = batch.Tailnet.Value,
        Seq = batch.NewSequence,
        Ordinal = ordinal,
        Kind = (int)batch.Changes[ordinal].Kind,
        Ids = [.. batch.Changes[ordinal].Ids],
        At = Microseconds.Of(batch.At),
    };
}
