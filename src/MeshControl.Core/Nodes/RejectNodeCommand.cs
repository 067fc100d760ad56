using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Turns a device away that waits for approval: its node goes, and its client is told to log in again.</summary>
/// <param name="id">The node.</param>
/// <param name="rejected">Remembers the machine, so that its user can be told why.</param>
internal sealed class RejectNodeCommand(NodeId id, RejectedMachines rejected) : TailnetCommand<NodeEntry>
{
    /// <returns>What was removed.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id);
        }

        if (!entry.Node.NeedsApproval)
        {
            return CoreError.Refused(
                $"The node {entry.Node.GivenName} waits for no approval; `meshctl nodes delete --identifier {id}` removes it.");
        }

        // Before the commit, since the client asks as soon as it is gone. Should the commit fail, a sentence is told in vain.
        rejected.Add(entry.Node.MachineKey);
        draft.Remove(entry);
        return entry;
    }
}
