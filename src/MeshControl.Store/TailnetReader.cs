using System.Data;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Store.Mapping;
using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store;

/// <summary>Reads whole tailnets, all tables at one moment.</summary>
internal static class TailnetReader
{
    /// <summary>Reading everything takes longer than a statement of the daily work.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Waits for a commit whose connection broke but which the database may still be working on: it holds the lock of the tailnet's
    /// row, and this wants it too. Without it, "not written" could become wrong a moment after it was said.
    /// </summary>
    public static Task AwaitLostCommitAsync(MeshDbContext context, TailnetId tailnet, CancellationToken cancellationToken) =>
        context.Tailnets.Where(row => row.Id == tailnet.Value)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.Seq, one => one.Seq), cancellationToken);

    /// <param name="context">A fresh one.</param>
    /// <param name="only">One tailnet, or null for all.</param>
    /// <param name="cancellationToken">Between and in queries.</param>
    public static async Task<IReadOnlyList<StoredTailnet>> ReadAsync(
        MeshDbContext context, TailnetId? only, CancellationToken cancellationToken)
    {
        context.Database.SetCommandTimeout(Timeout);

        // Sequence and rows must belong together, also when a commit that was given up for lost still arrives.
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var id = only?.Value;
        var tailnets = await context.Tailnets.Where(row => id == null || row.Id == id).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken);
        var users = (await context.Users.Where(row => id == null || row.TailnetId == id).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken)).ToLookup(row => row.TailnetId);
        var nodes = (await context.Nodes.Where(row => id == null || row.TailnetId == id).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken)).ToLookup(row => row.TailnetId);
        var presence = (await context.Presence.Where(row => id == null || row.TailnetId == id)
            .ToListAsync(cancellationToken)).ToLookup(row => row.TailnetId);
        var keys = (await context.PreAuthKeys.Where(row => id == null || row.TailnetId == id).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken)).ToLookup(row => row.TailnetId);
        var apiKeys = (await context.ApiKeys.Where(row => id == null || row.TailnetId == id).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken)).ToLookup(row => row.TailnetId);
        var policies = await context.Policies
            .Where(row => id == null || row.TailnetId == id)
            .Where(row => row.Version == context.Policies.Where(other => other.TailnetId == row.TailnetId).Max(other => other.Version))
            .ToDictionaryAsync(row => row.TailnetId, cancellationToken);
        return
        [
            .. tailnets.Select(tailnet => new StoredTailnet(new TailnetId(tailnet.Id), tailnet.Name, tailnet.Seq)
            {
                Users = [.. users[tailnet.Id].Select(row => Read("user", row.Id, row, UserMapping.ToModel))],
                Nodes = [.. nodes[tailnet.Id].Select(row => Read("node", row.Id, row, NodeMapping.ToModel))],
                Presence = presence[tailnet.Id].ToDictionary(
                    row => new NodeId(row.NodeId), row => Read("node_presence", row.NodeId, row, PresenceMapping.ToModel)),
                PreAuthKeys = [.. keys[tailnet.Id].Select(row => Read("pre_auth_key", row.Id, row, PreAuthKeyMapping.ToModel))],
                ApiKeys = [.. apiKeys[tailnet.Id].Select(row => Read("api_key", row.Id, row, ApiKeyMapping.ToModel))],
                Policy = policies.TryGetValue(tailnet.Id, out var policy) ? Read("policy", policy.Version, policy, PolicyMapping.ToModel) : null,
            }),
        ];
    }

    /// <summary>A row that we did not write like this is named, so that it can be repaired.</summary>
    public static TModel Read<TRow, TModel>(string table, long id, TRow row, Func<TRow, TModel> read)
    {
        try
        {
            return read(row);
        }
        catch (Exception exception)
        {
            throw new InvalidDataException(
                $"Row {id} of table {table} cannot be understood ({exception.Message.TrimEnd('.')}); correct it, or restore a backup.",
                exception);
        }
    }
}
