using MeshControl.Admin.Grpc;
using MeshControl.Admin.Health.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of gRPC's own health service.</summary>
public static class HealthMethods
{
    public static RpcMethod<HealthCheckRequest, HealthCheckResponse> Check { get; } =
        RpcContract.Unary<HealthCheckRequest, HealthCheckResponse>(AdminServices.Health, nameof(Check));

    public static RpcMethod<HealthCheckRequest, HealthCheckResponse> Watch { get; } =
        RpcContract.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(AdminServices.Health, nameof(Watch));
}
