using Microsoft.AspNetCore.Http;

namespace MeshControl.Server;

/// <summary>Short answers: one sentence for whoever reads a client's output, or a little JSON.</summary>
internal static class HttpText
{
    /// <summary>Where the client of a request is, for the log: behind a trusted proxy what that says.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address";

    public static Task WriteAsync(HttpContext context, int status, string sentence)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    public static Task WriteJsonAsync(HttpContext context, string contentType, string json)
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(json + "\n", context.RequestAborted);
    }
}
