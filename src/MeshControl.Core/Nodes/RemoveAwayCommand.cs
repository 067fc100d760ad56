using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Removes ephemeral nodes that have been away for too long.</summary>
/// <param name="candidates">Who seemed to be; those who have come back, registered again or are gone are passed over.</param>
/// <param name="isOpen">
/// Whether a node has a stream: asked when the command is decided, because one may have been opened whose own command lies after this one.
/// </param>
internal sealed class RemoveAwayCommand(IReadOnlyList<NodeId> candidates, Func<NodeId, bool> isOpen) : TailnetCommand<IReadOnlyList<NodeEntry>>
{
    /// <returns>Those that were removed.</returns>
    protected override Result<IReadOnlyList<NodeEntry>> Decide(TailnetDraft draft)
    {
        var timeout = draft.Snapshot.Settings.EphemeralTimeout;
        var removed = new List<NodeEntry>();
        foreach (var id in candidates)
        {
            if (draft.Snapshot.Nodes.TryGet(id, out var entry) && EphemeralRule.IsOverdue(entry, timeout, draft.Now) && !isOpen(id))
            {
                draft.Remove(entry);
                removed.Add(entry);
            }
        }

        return removed;
    }
}
