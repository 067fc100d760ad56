using System.Runtime.CompilerServices;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.Health.V1;
using MeshControl.Core.Storage;
using MeshControl.Server.Rpc;
using ServingStatus = MeshControl.Admin.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace MeshControl.Server.Admin;

/// <summary>gRPC's own health service. All services of the server are as healthy as its database.</summary>
/// <param name="services">Full names of those that can be asked for.</param>
internal sealed class HealthHandlers(IMeshStore store, TimeProvider time, IEnumerable<string> services)
{
    /// <summary>How often a watcher's state is looked at: one small query each.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _services = new(services, StringComparer.Ordinal) { "", AdminServices.Health.FullName };

    public RpcService Bind() => new RpcService(AdminServices.Health)
        .Unary(HealthMethods.Check, CheckAsync)
        .ServerStream(HealthMethods.Watch, WatchAsync);

    private async Task<RpcResult<HealthCheckResponse>> CheckAsync(
        HealthCheckRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var status = await FindOutAsync(request.Service, cancellationToken);
        return status == ServingStatus.ServiceUnknown
            ? RpcStatus.NotFound("There is no such service.")
            : new HealthCheckResponse { Status = status };
    }

    private async IAsyncEnumerable<RpcResult<HealthCheckResponse>> WatchAsync(
        HealthCheckRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ServingStatus? told = null;
        while (true)
        {
            var status = await FindOutAsync(request.Service, cancellationToken);
            if (status != told)
            {
                told = status;
                yield return new HealthCheckResponse { Status = status };
            }

            await Task.Delay(WatchInterval, time, cancellationToken);
        }
    }

    private async Task<ServingStatus> FindOutAsync(string service, CancellationToken cancellationToken) =>
        !_services.Contains(service) ? ServingStatus.ServiceUnknown
        : await store.CheckHealthAsync(cancellationToken) is null ? ServingStatus.Serving
        : ServingStatus.NotServing;
}
