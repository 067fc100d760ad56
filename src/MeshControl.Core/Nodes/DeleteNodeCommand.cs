using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Removes a node for good; its client is told to log in again, its peers forget it.</summary>
public sealed class DeleteNodeCommand(NodeId id) : TailnetCommand<NodeEntry>
{
    /// <returns>What was removed.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id);
        }

        draft.Remove(entry);
        return entry;
    }
}
