using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Gives a user's node to another user. It is no login: key, expiry, name and addresses stay, and the client goes on as it is.
/// </summary>
/// <param name="id">The node.</param>
/// <param name="owner">Whose it will be.</param>
public sealed class MoveNodeCommand(NodeId id, UserId owner) : ChangeNodeCommand(id)
{
    internal override Result<Node?> Change(TailnetDraft draft, Node node)
    {
        if (!draft.Snapshot.Users.ContainsKey(owner))
        {
            return NodeErrors.UnknownOwner(owner);
        }

        if (node.IsTagged)
        {
            return CoreError.Refused(
                $"The node belongs to its tags; `meshctl nodes tag -i {node.Id} --tags \"\" --user NAME` takes them away and gives it to a user.");
        }

        return node.Owner == owner ? node : node with { Owner = owner };
    }
}
