using MeshControl.Server.Listeners;
using MeshControl.Server.Metrics;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.RelayOnly;

/// <summary>What the listeners answer that are not for clients of the relay.</summary>
internal sealed class RelayOnlyPages(MetricsCollector? collector)
{
    /// <returns>Null for a request of a client.</returns>
    public Task? TryHandle(HttpContext context)
    {
        if (ListenerMark.Of(context) != ListenerKind.Metrics)
        {
            SecurityHeaders.Apply(context.Response.Headers);
            return null;
        }

        switch (context.Request.Path.Value)
        {
            case "/metrics" when HttpMethods.IsGet(context.Request.Method):
                return MetricsAnswer.WriteAsync(context, collector!);
            case "/health" when HttpMethods.IsGet(context.Request.Method):
                // It has no database that could be away: who answers is well.
                return HttpText.WriteJsonAsync(context, "application/health+json", """{"status":"pass"}""");
            default:
                return HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "here are /metrics and /health alone");
        }
    }
}
