using Microsoft.AspNetCore.Http;

namespace MeshControl.Server;

/// <summary>What browsers are told with every page. Nothing here is meant to be framed, guessed at, or referred from.</summary>
internal static class SecurityHeaders
{
    public static void Apply(IHeaderDictionary headers)
    {
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
