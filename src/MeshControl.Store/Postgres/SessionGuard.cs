using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MeshControl.Store.Postgres;

/// <summary>
/// Keeps EF Core from opening a session again that ended meanwhile: it would write without the lock that the session held.
/// </summary>
internal sealed class SessionGuard : DbConnectionInterceptor
{
    public static readonly SessionGuard Instance = new();

    private SessionGuard()
    {
    }

    public override InterceptionResult ConnectionOpening(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => throw Ended();

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        throw Ended();

    private static IOException Ended() => new("The session that held the lock of the database has ended.");
}
