using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Metrics;

/// <summary>What the metrics listener answers: numbers for Prometheus, and whether the server is well.</summary>
internal sealed class MetricsPage(MetricsCollector collector, PublicEndpoints pages)
{
    public Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/metrics" when HttpMethods.IsGet(context.Request.Method):
                return MetricsAnswer.WriteAsync(context, collector);
            case "/health" when HttpMethods.IsGet(context.Request.Method):
                return pages.HealthAsync(context);
            default:
                return HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "here are /metrics and /health alone");
        }
    }
}
