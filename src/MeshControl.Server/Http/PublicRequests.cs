using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server;

/// <summary>What happens to every request that came over the network, before anybody handles it.</summary>
internal static class PublicRequests
{
    public static void Prepare(HttpContext context, TrustedProxies proxies)
    {
        if (ListenerMark.Of(context) is ListenerKind.Channel or ListenerKind.AdminSocket)
        {
            return;
        }

        proxies.Resolve(context);
        SecurityHeaders.Apply(context.Response.Headers);
    }
}
