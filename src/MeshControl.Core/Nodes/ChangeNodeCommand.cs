using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Something that an administrator wants of a node. <see cref="ChangeNodesCommand"/> does the same to many.</summary>
public abstract class ChangeNodeCommand(NodeId id) : TailnetCommand<NodeEntry>
{
    /// <returns>The node as it is now, or as it was when it was removed.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id);
        }

        return Change(draft, entry.Node).TryGetValue(out var node, out var error) ? Apply(draft, entry, node) : error;
    }

    /// <summary>What becomes of the node: itself when nothing does, null when it goes. Edits nothing.</summary>
    internal abstract Result<Node?> Change(TailnetDraft draft, Node node);

    /// <summary>Takes over what <see cref="Change"/> came to.</summary>
    internal static NodeEntry Apply(TailnetDraft draft, NodeEntry entry, Node? node)
    {
        if (node is not null)
        {
            return draft.Update(entry, node);
        }

        draft.Remove(entry);
        return entry;
    }
}
