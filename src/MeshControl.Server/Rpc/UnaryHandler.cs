using Google.Protobuf;
using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, RpcCall, CancellationToken, Task<RpcResult<TResponse>>> answer) : RpcMethodHandler
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    public override bool IsStream => false;

    public override TimeSpan MaxTime => RpcLimits.MaxUnaryTime;

    public override async Task<RpcStatus> RunAsync(RpcExchange exchange, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var received = await exchange.ReadOnlyMessageAsync(method.RequestParser, cancellationToken);
        if (received.Failure is { } unreadable)
        {
            return unreadable;
        }

        var answering = answer(received.Message!, exchange.Call, cancellationToken);
        RpcResult<TResponse> result;
        try
        {
            result = await answering.WaitAsync(cancellationToken);
        }
        finally
        {
            exchange.AfterStatus = answering.IsCompleted ? null : () => answering;
        }

        if (result.Failure is { } failure)
        {
            return failure;
        }

        await exchange.WriteAsync(result.Message!, cancellationToken);
        return RpcStatus.Ok;
    }
}
