using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for pending logins.</summary>
public static class LoginMethods
{
    public static RpcMethod<ListLoginsRequest, ListLoginsResponse> ListLogins { get; } =
        RpcContract.Unary<ListLoginsRequest, ListLoginsResponse>(AdminServices.Login, nameof(ListLogins));

    public static RpcMethod<ListSshChecksRequest, ListSshChecksResponse> ListSshChecks { get; } =
        RpcContract.Unary<ListSshChecksRequest, ListSshChecksResponse>(AdminServices.Login, nameof(ListSshChecks));

    public static RpcMethod<ApproveLoginRequest, ApproveLoginResponse> ApproveLogin { get; } =
        RpcContract.Unary<ApproveLoginRequest, ApproveLoginResponse>(AdminServices.Login, nameof(ApproveLogin));

    public static RpcMethod<RejectLoginRequest, RejectLoginResponse> RejectLogin { get; } =
        RpcContract.Unary<RejectLoginRequest, RejectLoginResponse>(AdminServices.Login, nameof(RejectLogin));
}
