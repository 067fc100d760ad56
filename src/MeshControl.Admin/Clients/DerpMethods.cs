using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for relays.</summary>
public static class DerpMethods
{
    public static RpcMethod<GetDerpMapRequest, GetDerpMapResponse> GetDerpMap { get; } =
        RpcContract.Unary<GetDerpMapRequest, GetDerpMapResponse>(AdminServices.Derp, nameof(GetDerpMap));
}
