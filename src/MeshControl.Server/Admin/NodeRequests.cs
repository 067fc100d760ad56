using MeshControl.Core;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>What requests want of nodes, for one node or for many.</summary>
internal static class NodeRequests
{
    public static Result<Func<NodeId, ChangeNodeCommand>> Read(Messages.ExpireNodeRequest request)
    {
        if (!WellKnownTimes.TryRead(request.Expiry, out var at) || !WellKnownTimes.TryRead(request.Lifetime, out var lifetime))
        {
            return CoreError.Invalid("The expiry of the node is not a valid time.");
        }

        return Command(id => new ExpireNodeCommand(id) { At = at, Lifetime = lifetime, Never = request.Never });
    }

    public static Result<Func<NodeId, ChangeNodeCommand>> Read(Messages.SetNodeTagsRequest request, TailnetSnapshot snapshot)
    {
        var edits = request.Add.Count + request.Remove.Count > 0;
        if (edits && request.Tags.Count > 0)
        {
            return CoreError.Invalid("Say either all tags that the node is to have, or those that it gets and loses.");
        }

        return FindOwner(snapshot, request.User).TryGetValue(out var owner, out var error)
            ? Command(id => new TagNodeCommand(id, edits ? null : request.Tags) { Add = request.Add, Remove = request.Remove, Owner = owner })
            : error;
    }

    public static Result<Func<NodeId, ChangeNodeCommand>> Read(Messages.MoveNodeRequest request, TailnetSnapshot snapshot) =>
        UserNames.Find(snapshot, request.User).TryGetValue(out var owner, out var error)
            ? Command(id => new MoveNodeCommand(id, owner.Id))
            : error;

    public static Result<Func<NodeId, ChangeNodeCommand>> Read(Messages.ChangeNodesRequest request, TailnetSnapshot snapshot) =>
        request.ChangeCase switch
        {
            Messages.ChangeNodesRequest.ChangeOneofCase.Expire => Read(request.Expire),
            Messages.ChangeNodesRequest.ChangeOneofCase.SetTags => Read(request.SetTags, snapshot),
            Messages.ChangeNodesRequest.ChangeOneofCase.Move => Read(request.Move, snapshot),
            Messages.ChangeNodesRequest.ChangeOneofCase.Delete => Command(id => new DeleteNodeCommand(id)),
            _ => CoreError.Invalid("The request does not say what is to be done to the nodes."),
        };

    /// <param name="filter">Null chooses all.</param>
    /// <param name="user">Whose nodes, where the filter does not say.</param>
    /// <param name="snapshot">Where the user is looked up.</param>
    public static Result<NodeSelection> Read(Messages.NodeFilter? filter, string user, TailnetSnapshot snapshot)
    {
        filter ??= new Messages.NodeFilter();
        if (!WellKnownTimes.TryRead(filter.OfflineFor, out var offlineFor))
        {
            return CoreError.Invalid("The time that nodes are to have been offline is not a valid duration.");
        }

        if (!FindOwner(snapshot, filter.User.Length > 0 ? filter.User : user).TryGetValue(out var owner, out var error))
        {
            return error;
        }

        return new NodeSelection
        {
            Ids = [.. filter.Ids.Select(id => new NodeId(id))],
            Owner = owner,
            Tag = filter.Tag,
            NamePattern = filter.NamePattern,
            OfflineFor = offlineFor,
            Expired = filter.Expired,
        };
    }

    private static Result<UserId?> FindOwner(TailnetSnapshot snapshot, string user) =>
        user.Length == 0 ? (UserId?)null
        : UserNames.Find(snapshot, user).TryGetValue(out var owner, out var error) ? owner.Id
        : error;

    // A lambda has no type of its own to convert from.
    private static Result<Func<NodeId, ChangeNodeCommand>> Command(Func<NodeId, ChangeNodeCommand> command) => command;
}
