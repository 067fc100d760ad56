using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Polling;
using MeshControl.Server.Rpc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Admin;

/// <summary>The whole admin API as endpoints.</summary>
internal static class AdminEndpoints
{
    /// <param name="endpoints">Of the application that listens on the Unix socket, over HTTP/2.</param>
    /// <param name="tailnet">The one that is administered.</param>
    /// <param name="store">Asked for its health.</param>
    /// <param name="pings">Asks nodes whether they are there.</param>
    /// <param name="time">Measures deadlines.</param>
    /// <param name="loggers">For what goes wrong.</param>
    /// <param name="stopping">Cancelled when the server begins to stop.</param>
    public static void MapAdmin(
        this IEndpointRouteBuilder endpoints,
        Tailnet tailnet,
        IMeshStore store,
        NodePings pings,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken stopping)
    {
        var dispatcher = new RpcDispatcher(AdminAccess.Check, time, loggers.CreateLogger<RpcDispatcher>(), stopping);
        RpcService[] services =
        [
            new UserHandlers(tailnet).Bind(),
            new NodeHandlers(tailnet, pings).Bind(),
            new PreAuthKeyHandlers(tailnet).Bind(),
            new ApiKeyHandlers(tailnet).Bind(),
            new ServerHandlers(store).Bind(),
        ];
        foreach (var service in services)
        {
            service.Map(endpoints, dispatcher);
        }
    }
}
