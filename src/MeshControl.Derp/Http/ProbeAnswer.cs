using Microsoft.AspNetCore.Http;

namespace MeshControl.Derp.Http;

/// <summary>
/// <c>/derp/probe</c> and <c>/derp/latency-check</c>, by clients of different ages: how long a request takes tells them how near the relay
/// is, when UDP is blocked and in browsers. Nothing in the answer that could take a second packet; scripts of any page may read it.
/// </summary>
internal static class ProbeAnswer
{
    public static Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return ShortAnswer.RefuseMethodAsync(context);
        }

        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
