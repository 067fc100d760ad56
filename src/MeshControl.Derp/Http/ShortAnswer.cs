using Microsoft.AspNetCore.Http;

namespace MeshControl.Derp.Http;

/// <summary>A sentence for whoever looks at it. Fits one packet.</summary>
internal static class ShortAnswer
{
    public static Task WriteAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = sentence.Length + 1;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    public static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD";
        return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "only GET and HEAD");
    }

    /// <summary>Whether headers about the connection are allowed, which later versions have not.</summary>
    public static bool IsHttp1(HttpRequest request) => HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol);
}
