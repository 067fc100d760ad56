using MeshControl.Core.Model;

namespace MeshControl.Core.Nodes;

/// <summary>Refusals that several commands have in common.</summary>
public static class NodeErrors
{
    public static CoreError Unknown(NodeId id) => CoreError.NotFound($"There is no node with id {id}; `meshctl nodes list` shows them.");

    /// <summary>A user to whom a node was to be given.</summary>
    internal static CoreError UnknownOwner(UserId id) => CoreError.NotFound($"There is no user with id {id}; `meshctl users list` shows them.");
}
