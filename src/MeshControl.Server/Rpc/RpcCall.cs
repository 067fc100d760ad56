using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>What a handler may know and say about a call beside its messages.</summary>
internal sealed class RpcCall(RpcMetadata metadata)
{
    /// <summary>What the caller sent.</summary>
    public RpcMetadata Metadata => metadata;

    /// <summary>Sent before the first message; later additions are lost.</summary>
    public RpcMetadata Headers { get; } = [];

    /// <summary>Sent with the status.</summary>
    public RpcMetadata Trailers { get; } = [];
}
