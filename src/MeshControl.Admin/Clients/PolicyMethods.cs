using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for the policy.</summary>
public static class PolicyMethods
{
    public static RpcMethod<GetPolicyRequest, GetPolicyResponse> GetPolicy { get; } =
        RpcContract.Unary<GetPolicyRequest, GetPolicyResponse>(AdminServices.Policy, nameof(GetPolicy));

    public static RpcMethod<SetPolicyRequest, SetPolicyResponse> SetPolicy { get; } =
        RpcContract.Unary<SetPolicyRequest, SetPolicyResponse>(AdminServices.Policy, nameof(SetPolicy));

    public static RpcMethod<CheckPolicyRequest, CheckPolicyResponse> CheckPolicy { get; } =
        RpcContract.Unary<CheckPolicyRequest, CheckPolicyResponse>(AdminServices.Policy, nameof(CheckPolicy));

    public static RpcMethod<ListPolicyVersionsRequest, ListPolicyVersionsResponse> ListPolicyVersions { get; } =
        RpcContract.Unary<ListPolicyVersionsRequest, ListPolicyVersionsResponse>(AdminServices.Policy, nameof(ListPolicyVersions));

    public static RpcMethod<RollBackPolicyRequest, RollBackPolicyResponse> RollBackPolicy { get; } =
        RpcContract.Unary<RollBackPolicyRequest, RollBackPolicyResponse>(AdminServices.Policy, nameof(RollBackPolicy));

    public static RpcMethod<ExplainAccessRequest, ExplainAccessResponse> ExplainAccess { get; } =
        RpcContract.Unary<ExplainAccessRequest, ExplainAccessResponse>(AdminServices.Policy, nameof(ExplainAccess));

    public static RpcMethod<PreviewPolicyRequest, PreviewPolicyResponse> PreviewPolicy { get; } =
        RpcContract.Unary<PreviewPolicyRequest, PreviewPolicyResponse>(AdminServices.Policy, nameof(PreviewPolicy));
}
