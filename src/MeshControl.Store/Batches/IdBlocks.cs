using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Batches;

/// <summary>Gives out ranges of ids, each in a transaction of its own, so that no id is ever given twice.</summary>
internal static class IdBlocks
{
    /// <summary>Takes the next <paramref name="count"/> ids and returns the first; the first of all is 1.</summary>
    public static async Task<long> ReserveAsync(MeshDbContext context, int kind, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var next = await context.Database.SqlQuery<long>(
            $"""
            INSERT INTO id_block (kind, next) VALUES ({kind}, {1L + count})
            ON CONFLICT (kind) DO UPDATE SET next = id_block.next + {count}
            RETURNING next AS "Value"
            """).ToListAsync(cancellationToken);
        return next[0] - count;
    }

    /// <summary>
    /// Gives back the ids from <paramref name="firstUnused"/> on, if those before <paramref name="reservedEnd"/> were the last given out.
    /// </summary>
    public static Task ReleaseAsync(
        MeshDbContext context, int kind, long firstUnused, long reservedEnd, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstUnused, reservedEnd);
        return context.IdBlocks
            .Where(block => block.Kind == kind && block.Next == reservedEnd)
            .ExecuteUpdateAsync(block => block.SetProperty(row => row.Next, firstUnused), cancellationToken);
    }
}
