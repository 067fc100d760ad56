using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Metrics;

/// <summary>Answers <c>/metrics</c> in the format that the asker wants.</summary>
internal static class MetricsAnswer
{
    private const string OpenMetrics = "application/openmetrics-text";

    public static Task WriteAsync(HttpContext context, MetricsCollector collector)
    {
        // Who understands it asks for it by its name, first of all that it takes; browsers do not.
        var isOpenMetrics = context.Request.Headers.Accept
            .Any(value => value?.Contains(OpenMetrics, StringComparison.OrdinalIgnoreCase) == true);
        context.Response.ContentType = PrometheusText.ContentType(isOpenMetrics);
        return context.Response.WriteAsync(collector.Render(isOpenMetrics), context.RequestAborted);
    }
}
