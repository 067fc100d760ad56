using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Gives a node a name that stays, whatever its client calls itself from now on.</summary>
/// <param name="id">The node.</param>
/// <param name="newName">A DNS label; upper case counts as lower.</param>
public sealed class RenameNodeCommand(NodeId id, string newName) : TailnetCommand<NodeEntry>
{
    /// <returns>The node as it is now.</returns>
    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id);
        }

        var name = newName.Trim().ToLowerInvariant();
        if (GivenNames.Check(name) is { } fault)
        {
            return CoreError.Invalid(fault);
        }

        if (draft.Snapshot.Nodes.TryGetByName(name, out var holder) && holder.Id != id)
        {
            return CoreError.AlreadyExists($"The name \"{name}\" is taken: node {holder.Id} has it.");
        }

        var node = entry.Node;
        return node.GivenName == name && node.GivenNameFixed
            ? entry
            : draft.Update(entry, node with { GivenName = name, GivenNameFixed = true });
    }
}
