using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Does the same to many nodes, in one commit: to all that are chosen, or, where one of them refuses, to none.</summary>
/// <param name="selection">Which ones.</param>
/// <param name="one">What would be done to one of them alone.</param>
public sealed class ChangeNodesCommand(NodeSelection selection, Func<NodeId, ChangeNodeCommand> one) : TailnetCommand<IReadOnlyList<NodeEntry>>
{
    /// <returns>All nodes that were chosen, as they are now, or as they were when they were removed; in order of ids.</returns>
    protected override Result<IReadOnlyList<NodeEntry>> Decide(TailnetDraft draft)
    {
        if (!selection.Choose(draft.Snapshot, draft.Now).TryGetValue(out var chosen, out var error))
        {
            return error;
        }

        var changes = new List<(NodeEntry Entry, Node? Node)>(chosen.Count);
        foreach (var entry in chosen)
        {
            if (!one(entry.Id).Change(draft, entry.Node).TryGetValue(out var node, out error))
            {
                return error with { Message = $"Nothing was changed, because of node {entry.Id} ({entry.Node.GivenName}): {error.Message}" };
            }

            changes.Add((entry, node));
        }

        return changes.ConvertAll(change => ChangeNodeCommand.Apply(draft, change.Entry, change.Node));
    }
}
