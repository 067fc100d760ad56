namespace MeshControl.Admin.Grpc;

/// <summary>A call that did not end with <see cref="RpcStatusCode.Ok"/>, as the caller sees it.</summary>
public sealed class RpcException(RpcStatus status, RpcMetadata? trailers = null, Exception? inner = null)
    : Exception(status.Message, inner)
{
    public RpcStatus Status => status;

    public RpcStatusCode Code => status.Code;

    /// <summary>What the server sent beside the status; empty when the call never reached it.</summary>
    public RpcMetadata Trailers => trailers ?? [];
}
