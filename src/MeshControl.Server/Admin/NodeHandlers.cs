using System.Net;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Polling;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's nodes.</summary>
internal sealed class NodeHandlers(Tailnet tailnet, NodePings pings, TimeProvider time)
{
    public RpcService Bind() => new RpcService(AdminServices.Node)
        .Unary(NodeMethods.GetNode, GetAsync)
        .Unary(NodeMethods.ListNodes, ListAsync)
        .Unary(NodeMethods.RenameNode, RenameAsync)
        .Unary(NodeMethods.ExpireNode, ExpireAsync)
        .Unary(NodeMethods.SetNodeTags, SetTagsAsync)
        .Unary(NodeMethods.MoveNode, MoveAsync)
        .Unary(NodeMethods.ChangeNodes, ChangeManyAsync)
        .Unary(NodeMethods.PingNode, PingAsync)
        .Unary(NodeMethods.ApproveNode, ApproveAsync)
        .Unary(NodeMethods.RejectNode, RejectAsync)
        .Unary(NodeMethods.DeleteNode, DeleteAsync);

    internal static Messages.Node ToMessage(NodeEntry entry, TailnetSnapshot snapshot)
    {
        var (node, presence) = (entry.Node, entry.Presence);
        return new Messages.Node
        {
            Id = node.Id.Value,
            MachineKey = KeyOrEmpty(node.MachineKey),
            NodeKey = KeyOrEmpty(node.NodeKey),
            DiscoKey = KeyOrEmpty(node.DiscoKey),
            IpAddresses = { new[] { node.IPv4, node.IPv6 }.OfType<IPAddress>().Select(address => address.ToString()) },
            Hostname = node.Hostname,
            GivenName = node.GivenName,
            User = snapshot.OwnerOf(node) is { } owner ? UserHandlers.ToMessage(owner) : null,
            Tags = { node.Tags },
            Ephemeral = node.Ephemeral,
            Online = presence.Online,
            LastSeen = presence.LastSeen is { } seen ? Timestamp.FromDateTimeOffset(seen) : null,
            Expiry = node.Expiry is { } expiry ? Timestamp.FromDateTimeOffset(expiry) : null,
            CreatedAt = Timestamp.FromDateTimeOffset(node.CreatedAt),
            RegisterMethod = node.Method == RegisterMethod.Cli ? Messages.RegisterMethod.Cli : Messages.RegisterMethod.AuthKey,
            PreAuthKeyId = node.AuthKey?.Value ?? 0,
            NeedsApproval = node.NeedsApproval,
        };
    }

    private Task<RpcResult<Messages.GetNodeResponse>> GetAsync(
        Messages.GetNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        return Task.FromResult<RpcResult<Messages.GetNodeResponse>>(snapshot.Nodes.TryGet(new NodeId(request.Id), out var entry)
            ? new Messages.GetNodeResponse { Node = ToMessage(entry, snapshot) }
            : NodeErrors.Unknown(new NodeId(request.Id)).ToStatus());
    }

    private Task<RpcResult<Messages.ListNodesResponse>> ListAsync(
        Messages.ListNodesRequest request, RpcCall call, CancellationToken cancellationToken) =>
        Task.FromResult(List(request));

    private RpcResult<Messages.ListNodesResponse> List(Messages.ListNodesRequest request)
    {
        var snapshot = tailnet.Snapshot;
        if (!NodeRequests.Read(request.Filter, request.User, snapshot).TryGetValue(out var selection, out var error)
            || !selection.Choose(snapshot, Clock.Now(time)).TryGetValue(out var nodes, out error))
        {
            return error.ToStatus();
        }

        var page = AdminPages.Take(
            nodes, entry => entry.Id.Value, entry => ToMessage(entry, snapshot), request.PageSize, request.PageToken);
        return page.Message is { } found
            ? new Messages.ListNodesResponse { Nodes = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!;
    }

    private async Task<RpcResult<Messages.RenameNodeResponse>> RenameAsync(
        Messages.RenameNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.ExecuteAsync(new RenameNodeCommand(new NodeId(request.Id), request.NewName), cancellationToken);
        return result.TryGetValue(out var entry, out var error)
            ? new Messages.RenameNodeResponse { Node = ToMessage(entry, tailnet.Snapshot) }
            : error.ToStatus();
    }

    private Task<RpcResult<Messages.ExpireNodeResponse>> ExpireAsync(
        Messages.ExpireNodeRequest request, RpcCall call, CancellationToken cancellationToken) =>
        ChangeAsync(
            request.Id, NodeRequests.Read(request), node => new Messages.ExpireNodeResponse { Node = node }, cancellationToken);

    private Task<RpcResult<Messages.SetNodeTagsResponse>> SetTagsAsync(
        Messages.SetNodeTagsRequest request, RpcCall call, CancellationToken cancellationToken) =>
        ChangeAsync(
            request.Id,
            NodeRequests.Read(request, tailnet.Snapshot),
            node => new Messages.SetNodeTagsResponse { Node = node },
            cancellationToken);

    private Task<RpcResult<Messages.MoveNodeResponse>> MoveAsync(
        Messages.MoveNodeRequest request, RpcCall call, CancellationToken cancellationToken) =>
        ChangeAsync(
            request.Id,
            NodeRequests.Read(request, tailnet.Snapshot),
            node => new Messages.MoveNodeResponse { Node = node },
            cancellationToken);

    private async Task<RpcResult<TResponse>> ChangeAsync<TResponse>(
        long id,
        Result<Func<NodeId, ChangeNodeCommand>> wanted,
        Func<Messages.Node, TResponse> respond,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        if (!wanted.TryGetValue(out var command, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(command(new NodeId(id)), cancellationToken);
        return result.TryGetValue(out var entry, out error) ? respond(ToMessage(entry, tailnet.Snapshot)) : error.ToStatus();
    }

    private async Task<RpcResult<Messages.ChangeNodesResponse>> ChangeManyAsync(
        Messages.ChangeNodesRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!NodeRequests.Read(request, tailnet.Snapshot).TryGetValue(out var command, out var error)
            || !NodeRequests.Read(request.Filter, "", tailnet.Snapshot).TryGetValue(out var selection, out error))
        {
            return error.ToStatus();
        }

        if (selection.IsEmpty)
        {
            return RpcStatus.InvalidArgument("The request does not say which nodes it is about.");
        }

        var result = await tailnet.ExecuteAsync(new ChangeNodesCommand(selection, command), cancellationToken);
        return result.TryGetValue(out var changed, out error)
            ? new Messages.ChangeNodesResponse { Ids = { changed.Select(entry => entry.Id.Value) } }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.PingNodeResponse>> PingAsync(
        Messages.PingNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var id = new NodeId(request.Id);
        if (!tailnet.Snapshot.Nodes.TryGet(id, out var entry))
        {
            return NodeErrors.Unknown(id).ToStatus();
        }

        var result = await pings.PingAsync(tailnet, entry, cancellationToken);
        return result.TryGetValue(out var latency, out var error)
            ? new Messages.PingNodeResponse { Latency = Duration.FromTimeSpan(latency) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.ApproveNodeResponse>> ApproveAsync(
        Messages.ApproveNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.ExecuteAsync(new ApproveNodeCommand(new NodeId(request.Id)), cancellationToken);
        return result.TryGetValue(out var entry, out var error)
            ? new Messages.ApproveNodeResponse { Node = ToMessage(entry, tailnet.Snapshot) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.RejectNodeResponse>> RejectAsync(
        Messages.RejectNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.RejectAsync(new NodeId(request.Id), cancellationToken);
        return result.TryGetValue(out _, out var error) ? new Messages.RejectNodeResponse() : error.ToStatus();
    }

    private async Task<RpcResult<Messages.DeleteNodeResponse>> DeleteAsync(
        Messages.DeleteNodeRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.ExecuteAsync(new DeleteNodeCommand(new NodeId(request.Id)), cancellationToken);
        return result.TryGetValue(out _, out var error) ? new Messages.DeleteNodeResponse() : error.ToStatus();
    }

    private static string KeyOrEmpty<TKey>(TKey key)
        where TKey : struct, IPublicKey<TKey> =>
        key.Bytes.IsZero ? "" : KeyText.Format(key);
}
