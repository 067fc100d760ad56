using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Removes a node for good; its client is told to log in again, its peers forget it.</summary>
public sealed class DeleteNodeCommand(NodeId id) : ChangeNodeCommand(id)
{
    internal override Result<Node?> Change(TailnetDraft draft, Node node) => (Node?)null;
}
