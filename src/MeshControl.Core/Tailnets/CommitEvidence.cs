using MeshControl.Core.Model;
using MeshControl.Core.Storage;

namespace MeshControl.Core.Tailnets;

/// <summary>Tells whether a batch whose outcome is in doubt was written.</summary>
internal static class CommitEvidence
{
    /// <summary>
    /// Whether what the database holds at the batch's sequence is what the batch wrote. The sequence alone does not say so:
    /// another server may have taken that number. All of each row is compared, because an update is in what it changed.
    /// </summary>
    public static bool Holds(StoredTailnet stored, CommitBatch batch) =>
        stored.Sequence == batch.NewSequence
        && Holds(stored.Users.ToDictionary(user => user.Id), batch.Users, user => user.Id, (left, right) => left == right)
        && Holds(stored.Nodes.ToDictionary(node => node.Id), batch.Nodes, node => node.Id, Same)
        && Holds(stored.PreAuthKeys.ToDictionary(key => key.Id), batch.PreAuthKeys, key => key.Id, Same)
        && Holds(stored.ApiKeys.ToDictionary(key => key.Id), batch.ApiKeys, key => key.Id, (left, right) => left == right)
        && (batch.Policies.Count == 0 || stored.Policy == batch.Policies[^1]);

    private static bool Holds<TId, T>(
        Dictionary<TId, T> stored, IReadOnlyList<RowChange<T>> rows, Func<T, TId> idOf, Func<T, T, bool> same)
        where TId : notnull
        where T : class =>
        rows.All(row => stored.TryGetValue(idOf(row.Entity), out var found)
            ? row.Operation != RowOperation.Delete && same(found, row.Entity)
            : row.Operation == RowOperation.Delete);

    // An array compares by reference, so the tags go apart.
    private static bool Same(Node left, Node right) =>
        left.Tags.AsSpan().SequenceEqual(right.Tags.AsSpan()) && (left with { Tags = right.Tags }) == right;

    private static bool Same(PreAuthKey left, PreAuthKey right) =>
        left.Tags.AsSpan().SequenceEqual(right.Tags.AsSpan()) && (left with { Tags = right.Tags }) == right;
}
