using Google.Protobuf;
using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>One request, any number of responses. The handler yields messages; a status that it yields ends the call.</summary>
internal sealed class ServerStreamHandler<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, RpcCall, CancellationToken, IAsyncEnumerable<RpcResult<TResponse>>> answer) : RpcMethodHandler
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    public override TimeSpan MaxTime => RpcLimits.MaxStreamTime;

    public override async Task<RpcStatus> RunAsync(RpcExchange exchange, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var received = await exchange.ReadOnlyMessageAsync(method.RequestParser, cancellationToken);
        if (received.Failure is { } unreadable)
        {
            return unreadable;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        var responses = answer(received.Message!, exchange.Call, end.Token).GetAsyncEnumerator(end.Token);
        var moving = Task.CompletedTask;
        exchange.AfterStatus = async () =>
        {
            await moving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await responses.DisposeAsync();
        };

        try
        {
            while (true)
            {
                var next = responses.MoveNextAsync().AsTask();
                moving = next;
                if (!await next.WaitAsync(end.Token))
                {
                    return RpcStatus.Ok;
                }

                if (responses.Current.Failure is { } failure)
                {
                    return failure;
                }

                // Not by the token that also ends at a stop: a flush that is cancelled half-way resets the stream, and the
                // caller would never see the status.
                await exchange.WriteAsync(responses.Current.Message!, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return RpcStatus.Unavailable("The server is shutting down.");
        }
    }
}
