using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server;

/// <summary>What happens to every request that came over the network, before anybody handles it.</summary>
internal sealed class PublicRequests(TrustedProxies proxies, ServerMetrics metrics)
{
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (ListenerMark.Of(context) is ListenerKind.Channel or ListenerKind.AdminSocket)
        {
            return next(context);
        }

        proxies.Resolve(context);
        if (ListenerMark.Of(context) == ListenerKind.RemoteAdmin)
        {
            // For programs, and none of the public.
            return next(context);
        }

        SecurityHeaders.Apply(context.Response.Headers);

        // Counted elsewhere: the request lasts as long as the channel.
        return context.Request.Path == UpgradeEndpoint.Path ? next(context) : CountAsync(context, next);
    }

    private async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch when (!context.RequestAborted.IsCancellationRequested)
        {
            // What the web server makes of it.
            metrics.RequestAnswered(ListenerKind.Public, StatusCodes.Status500InternalServerError);
            throw;
        }

        metrics.RequestAnswered(ListenerKind.Public, context.Response.StatusCode);
    }
}
