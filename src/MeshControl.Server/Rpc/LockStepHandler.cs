using Google.Protobuf;
using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>Any number of requests, each with one response before the next one is read.</summary>
internal sealed class LockStepHandler<TRequest, TResponse>(
    MessageParser<TRequest> parser, Func<TRequest, RpcResult<TResponse>> answer) : RpcMethodHandler
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public override TimeSpan MaxTime => RpcLimits.MaxStreamTime;

    public override async Task<RpcStatus> RunAsync(RpcExchange exchange, CancellationToken stopping, CancellationToken cancellationToken)
    {
        exchange.AllowSilence();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            while (true)
            {
                var received = await exchange.ReadMessageAsync(parser, end.Token);
                if (received.Message is not { } request)
                {
                    return received.Failure ?? RpcStatus.Ok;
                }

                var response = answer(request);
                if (response.Failure is { } failure)
                {
                    return failure;
                }

                await exchange.WriteAsync(response.Message!, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return RpcStatus.Unavailable("The server is shutting down.");
        }
    }
}
