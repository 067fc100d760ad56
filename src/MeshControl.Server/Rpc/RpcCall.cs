using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>What a handler may know and say about a call beside its messages.</summary>
/// <param name="metadata">What the caller sent.</param>
/// <param name="caller">Says who it is, once that is known.</param>
internal sealed class RpcCall(RpcMetadata metadata, Func<string> caller)
{
    /// <summary>What the caller sent.</summary>
    public RpcMetadata Metadata => metadata;

    /// <summary>Who makes the call, for people to read.</summary>
    public string Caller => caller();

    /// <summary>Sent before the first message; later additions are lost.</summary>
    public RpcMetadata Headers { get; } = [];

    /// <summary>Sent with the status.</summary>
    public RpcMetadata Trailers { get; } = [];
}
