using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>A node opened a map stream. Volatile: costs no transaction.</summary>
internal sealed class SetOnlineCommand(IReadOnlyList<NodeId> nodes) : TailnetCommand<bool>
{
    protected override Result<bool> Decide(TailnetDraft draft)
    {
        foreach (var id in nodes)
        {
            if (draft.Snapshot.Nodes.TryGet(id, out var entry) && !entry.Presence.Online)
            {
                draft.Update(entry, presence: entry.Presence with { Online = true, LastSeen = draft.Now });
            }
        }

        return true;
    }
}
