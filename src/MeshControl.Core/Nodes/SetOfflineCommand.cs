using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Marks nodes offline whose last map stream closed some time ago. Volatile: costs no transaction.</summary>
/// <param name="lastSeen">When each was last connected; unknown nodes are skipped.</param>
/// <param name="isOpen">
/// Whether a node has a stream: asked when the command is decided, because one may have been opened while it waited, whose own
/// command then lies before this one.
/// </param>
internal sealed class SetOfflineCommand(IReadOnlyDictionary<NodeId, DateTimeOffset> lastSeen, Func<NodeId, bool> isOpen)
    : TailnetCommand<bool>
{
    protected override Result<bool> Decide(TailnetDraft draft)
    {
        foreach (var (id, seen) in lastSeen)
        {
            if (draft.Snapshot.Nodes.TryGet(id, out var entry) && entry.Presence.Online && !isOpen(id))
            {
                draft.Update(entry, presence: entry.Presence with { Online = false, LastSeen = seen });
            }
        }

        return true;
    }
}
