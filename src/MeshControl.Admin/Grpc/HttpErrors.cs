using System.Net;

namespace MeshControl.Admin.Grpc;

/// <summary>Status codes for answers that come from HTTP itself: a proxy, or a server that does not speak gRPC.</summary>
public static class HttpErrors
{
    /// <summary>The official table for answers without <c>grpc-status</c>.</summary>
    public static RpcStatusCode ToStatusCode(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => RpcStatusCode.Internal,
        HttpStatusCode.Unauthorized => RpcStatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => RpcStatusCode.PermissionDenied,
        HttpStatusCode.NotFound => RpcStatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests => RpcStatusCode.Unavailable,
        HttpStatusCode.BadGateway => RpcStatusCode.Unavailable,
        HttpStatusCode.ServiceUnavailable => RpcStatusCode.Unavailable,
        HttpStatusCode.GatewayTimeout => RpcStatusCode.Unavailable,
        _ => RpcStatusCode.Unknown,
    };

    /// <summary>The official table for HTTP/2 error codes (RFC 9113, section 7) that ended the stream.</summary>
    public static RpcStatusCode ToStatusCode(long http2ErrorCode) => http2ErrorCode switch
    {
        0x7 => RpcStatusCode.Unavailable, // REFUSED_STREAM: nothing was processed
        0x8 => RpcStatusCode.Cancelled, // CANCEL
        0xb => RpcStatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => RpcStatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => RpcStatusCode.Internal,
    };
}
