using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for nodes.</summary>
public static class NodeMethods
{
    public static RpcMethod<GetNodeRequest, GetNodeResponse> GetNode { get; } =
        RpcContract.Unary<GetNodeRequest, GetNodeResponse>(AdminServices.Node, nameof(GetNode));

    public static RpcMethod<ListNodesRequest, ListNodesResponse> ListNodes { get; } =
        RpcContract.Unary<ListNodesRequest, ListNodesResponse>(AdminServices.Node, nameof(ListNodes));

    public static RpcMethod<DeleteNodeRequest, DeleteNodeResponse> DeleteNode { get; } =
        RpcContract.Unary<DeleteNodeRequest, DeleteNodeResponse>(AdminServices.Node, nameof(DeleteNode));

    public static RpcMethod<RenameNodeRequest, RenameNodeResponse> RenameNode { get; } =
        RpcContract.Unary<RenameNodeRequest, RenameNodeResponse>(AdminServices.Node, nameof(RenameNode));

    public static RpcMethod<ExpireNodeRequest, ExpireNodeResponse> ExpireNode { get; } =
        RpcContract.Unary<ExpireNodeRequest, ExpireNodeResponse>(AdminServices.Node, nameof(ExpireNode));

    public static RpcMethod<SetNodeTagsRequest, SetNodeTagsResponse> SetNodeTags { get; } =
        RpcContract.Unary<SetNodeTagsRequest, SetNodeTagsResponse>(AdminServices.Node, nameof(SetNodeTags));

    public static RpcMethod<MoveNodeRequest, MoveNodeResponse> MoveNode { get; } =
        RpcContract.Unary<MoveNodeRequest, MoveNodeResponse>(AdminServices.Node, nameof(MoveNode));

    public static RpcMethod<ChangeNodesRequest, ChangeNodesResponse> ChangeNodes { get; } =
        RpcContract.Unary<ChangeNodesRequest, ChangeNodesResponse>(AdminServices.Node, nameof(ChangeNodes));

    public static RpcMethod<ApproveNodeRequest, ApproveNodeResponse> ApproveNode { get; } =
        RpcContract.Unary<ApproveNodeRequest, ApproveNodeResponse>(AdminServices.Node, nameof(ApproveNode));

    public static RpcMethod<RejectNodeRequest, RejectNodeResponse> RejectNode { get; } =
        RpcContract.Unary<RejectNodeRequest, RejectNodeResponse>(AdminServices.Node, nameof(RejectNode));

    public static RpcMethod<PingNodeRequest, PingNodeResponse> PingNode { get; } =
        RpcContract.Unary<PingNodeRequest, PingNodeResponse>(AdminServices.Node, nameof(PingNode));
}
