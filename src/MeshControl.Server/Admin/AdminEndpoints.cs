using Google.Protobuf.Reflection;
using MeshControl.Admin.Clients;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Polling;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Rpc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Admin;

/// <summary>The whole admin API as endpoints.</summary>
internal static class AdminEndpoints
{
    /// <param name="endpoints">Of the application that listens on the Unix socket, and perhaps to the network, over HTTP/2.</param>
    /// <param name="controlPlane">Its default tailnet is the one that is administered, and whose API keys count.</param>
    /// <param name="store">Asked for its health.</param>
    /// <param name="maps">Keeps the relay map.</param>
    /// <param name="pings">Asks nodes whether they are there.</param>
    /// <param name="metrics">Counts calls.</param>
    /// <param name="time">Measures deadlines.</param>
    /// <param name="loggers">For what goes wrong.</param>
    /// <param name="stopping">Cancelled when the server begins to stop.</param>
    public static void MapAdmin(
        this IEndpointRouteBuilder endpoints,
        ControlPlane controlPlane,
        IMeshStore store,
        RelayMapService maps,
        NodePings pings,
        ServerMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken stopping)
    {
        var tailnet = controlPlane.Default;
        var access = new AdminAccess(tailnet, time, loggers.CreateLogger<AdminAccess>());
        var dispatcher = new RpcDispatcher(access.Check, metrics, time, loggers.CreateLogger<RpcDispatcher>(), stopping);
        ServiceDescriptor[] own =
        [
            AdminServices.User, AdminServices.Node, AdminServices.PreAuthKey, AdminServices.ApiKey, AdminServices.Login, AdminServices.Policy,
            AdminServices.Derp, AdminServices.Server,
        ];
        RpcService[] services =
        [
            new UserHandlers(tailnet).Bind(),
            new NodeHandlers(tailnet, pings, time).Bind(),
            new PreAuthKeyHandlers(tailnet).Bind(),
            new ApiKeyHandlers(tailnet).Bind(),
            new LoginHandlers(controlPlane.Logins, controlPlane.SshChecks, tailnet, loggers.CreateLogger<LoginHandlers>()).Bind(),
            new PolicyHandlers(tailnet).Bind(),
            new DerpHandlers(maps).Bind(),
            new ServerHandlers(store).Bind(),
            new HealthHandlers(store, time, own.Select(service => service.FullName)).Bind(),
            .. new ReflectionHandlers([.. own, AdminServices.Health]).Bind(),
        ];
        foreach (var service in services)
        {
            service.Map(endpoints, dispatcher);
        }
    }
}
