using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>Breaks one transaction, once armed, as a lost connection does.</summary>
internal sealed class CommitFault(CommitFault.Moment moment) : DbTransactionInterceptor
{
    private bool _armed;

    public enum Moment
    {
        /// <summary>The transaction is open, nothing is written yet.</summary>
        BeforeSaving,

        /// <summary>Everything is written, the commit never arrives.</summary>
        BeforeCommit,

        /// <summary>The commit was done, its answer never arrives.</summary>
        AfterCommit,
    }

    public void Arm() => _armed = true;

    public override ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        Break(Moment.BeforeSaving);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Break(Moment.BeforeCommit);
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Break(Moment.AfterCommit);
        return Task.CompletedTask;
    }

    private void Break(Moment now)
    {
        if (!_armed || now != moment)
        {
            return;
        }

        _armed = false;
        throw new DbUpdateException("The connection broke.", new IOException("Connection reset by peer."));
    }
}
