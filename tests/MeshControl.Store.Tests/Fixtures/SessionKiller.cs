using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>Once armed, ends all sessions of a PostgreSQL database just before the next commit is sent.</summary>
internal sealed class SessionKiller(TestDatabase database) : DbTransactionInterceptor
{
    public const string KillOtherSessions =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private bool _armed;

    public void Arm() => _armed = true;

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (_armed)
        {
            _armed = false;
            await database.ExecuteAsync(KillOtherSessions);
        }

        return result;
    }
}
