using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for the server itself.</summary>
public static class ServerMethods
{
    public static RpcMethod<GetHealthRequest, GetHealthResponse> GetHealth { get; } =
        RpcContract.Unary<GetHealthRequest, GetHealthResponse>(AdminServices.Server, nameof(GetHealth));

    public static RpcMethod<GetVersionRequest, GetVersionResponse> GetVersion { get; } =
        RpcContract.Unary<GetVersionRequest, GetVersionResponse>(AdminServices.Server, nameof(GetVersion));
}
