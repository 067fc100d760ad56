using System.Net;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Relays;

/// <summary>
/// <c>/derp</c> for requests that reach the web server: WebSockets, and connections that carried other requests before.
/// </summary>
internal sealed class RelayEndpoint(RelayWebEntry entry, RelayWebSocket sockets, BootstrapDns names)
{
    public void Map(IEndpointRouteBuilder routes) => DerpEndpoints.Map(routes, AcceptAsync, names);

    /// <summary>On a listener for captive portals alone, everything but those is nothing.</summary>
    public static Task KeepToCaptivePortals(HttpContext context, RequestDelegate next) =>
        ListenerMark.Of(context) != ListenerKind.CaptivePortal || context.Request.Path == DerpEndpoints.CaptivePortalPath
            ? next(context)
            : HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "there is nothing here: this port is for the check for captive portals");

    /// <summary>Serves a client that asks for an upgrade until it is gone.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        DisableRequestMetrics(context);
        var ticket = context.Features.Get<ConnectionTicket>();
        ticket?.Upgraded();
        if (context.Features.Get<IConnectionSocketFeature>() is { } feature && context.Features.Get<ProxiedClient>() is null)
        {
            TcpLiveness.RelaxForRelay(feature.Socket);
        }

        var remote = new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort);
        if (RelayWebSocket.IsAskedFor(context))
        {
            await sockets.ServeAsync(context, remote, HandOver(ticket));
            return;
        }

        await (RelayWebEntry.IsAskedFor(context) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            ? entry.ServeAsync(context, remote, HandOver(ticket))
            : HttpText.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "DERP requires connection upgrade"));
    }

    /// <summary>What to do when a client of the relay is logged in: from then on its connection is the relay's to count.</summary>
    private static Action<NodePublicKey, bool>? HandOver(ConnectionTicket? ticket) => ticket is null ? null : (_, _) => ticket.HandOver();

    /// <summary>The duration of this request is the life of the connection and would spoil every statistic.</summary>
    private static void DisableRequestMetrics(HttpContext context)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }
    }
}
