using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Replaces a node's tags. A user's node loses its owner and belongs to its tags from then on, which nothing but a new login undoes.
/// Its expiry stays, as everywhere where tags are given: what is no login changes no login's end.
/// </summary>
/// <param name="id">The node.</param>
/// <param name="tags">See <see cref="TagNames"/>; at least one.</param>
public sealed class TagNodeCommand(NodeId id, IReadOnlyList<string> tags) : TailnetCommand<NodeEntry>
{
    /// <returns>The node as it is now.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id);
        }

        if (!TagNames.Normalise(tags).TryGetValue(out var wanted, out var error))
        {
            return error;
        }

        if (wanted.IsEmpty)
        {
            return CoreError.Invalid("You cannot remove all tags from a node: without an owner, it belongs to its tags.");
        }

        var node = entry.Node;
        if (node.Tags.AsSpan().SequenceEqual(wanted.AsSpan()))
        {
            return entry;
        }

        return draft.Update(entry, node with { Tags = wanted, Owner = null });
    }
}
