using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.RelayMaps;

/// <summary><c>/derpmap/default</c>: the relay map, in the form and place where tools for Tailscale's relays look for one.</summary>
internal sealed class RelayMapPage(RelayMapService maps)
{
    public const string Path = "/derpmap/default";

    /// <summary>Answers GET and HEAD.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var map = maps.Current;
        var response = context.Response;
        response.Headers.ETag = map.Tag;
        response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.Any(known => known is not null && (known == "*" || known.Contains(map.Tag, StringComparison.Ordinal))))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        response.Headers.ContentLength = map.Json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(map.Json, context.RequestAborted);
        }
    }
}
