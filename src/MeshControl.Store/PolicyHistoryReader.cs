using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Store.Mapping;
using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store;

/// <summary>Reads what the snapshots do not hold of policies: their history.</summary>
internal static class PolicyHistoryReader
{
    /// <summary>The latest first, without their texts.</summary>
    public static async Task<IReadOnlyList<PolicyVersion>> ReadAsync(
        MeshDbContext context, TailnetId tailnet, int limit, CancellationToken cancellationToken)
    {
        var rows = await context.Policies
            .Where(row => row.TailnetId == tailnet.Value)
            .OrderByDescending(row => row.Version)
            .Take(limit)
            .Select(row => new { row.Version, row.AcceptedAt, row.AcceptedBy, row.Origin, row.RollbackOf, row.Text.Length })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new PolicyVersion(
                row.Version, Microseconds.ToTime(row.AcceptedAt), row.AcceptedBy, (PolicyOrigin)row.Origin, row.RollbackOf, row.Length)),
        ];
    }

    /// <summary>One version, or null.</summary>
    public static async Task<StoredPolicy?> FindAsync(
        MeshDbContext context, TailnetId tailnet, long version, CancellationToken cancellationToken) =>
        (await context.Policies
            .SingleOrDefaultAsync(row => row.TailnetId == tailnet.Value && row.Version == version, cancellationToken))?.ToModel();
}
