using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>What a handler gives back: a message, or the status that ends the call.</summary>
internal readonly record struct RpcResult<T>
    where T : class
{
    private RpcResult(T? message, RpcStatus? failure)
    {
        Message = message;
        Failure = failure;
    }

    public T? Message { get; }

    public RpcStatus? Failure { get; }

    public static implicit operator RpcResult<T>(T message) => new(message, null);

    public static implicit operator RpcResult<T>(RpcStatus failure) => new(null, failure);
}
