using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Lets a device in that waits for approval; its client goes on without a login. One that is in already stays as it is.</summary>
public sealed class ApproveNodeCommand(NodeId id) : TailnetCommand<NodeEntry>
{
    /// <returns>The node as it is now.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft) =>
        !draft.Snapshot.Nodes.TryGet(id, out var entry) ? NodeErrors.Unknown(id)
        : entry.Node.NeedsApproval ? draft.Update(entry, entry.Node with { NeedsApproval = false })
        : entry;
}
