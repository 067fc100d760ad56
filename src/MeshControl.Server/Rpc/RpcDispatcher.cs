using MeshControl.Admin.Grpc;
using MeshControl.Server.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Rpc;

/// <summary>
/// The server side of gRPC over HTTP/2, from the request's headers to the status. The HTTP status is 200 for everything
/// that is gRPC at all. Whatever a handler throws becomes INTERNAL without its text, which may hold secrets.
/// </summary>
/// <param name="guard">Looks at every call before its message is read; a status refuses it.</param>
/// <param name="metrics">Counts every call.</param>
/// <param name="stopping">Cancelled when the server shuts down.</param>
internal sealed class RpcDispatcher(
    Func<HttpContext, RpcStatus?> guard, ServerMetrics metrics, TimeProvider time, ILogger<RpcDispatcher> logger, CancellationToken stopping)
{
    /// <param name="handler">Null when the contract has no such method.</param>
    public async Task InvokeAsync(HttpContext http, RpcMethodHandler? handler)
    {
        if (!RpcHeaders.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        var started = metrics.Start();
        var exchange = new RpcExchange(http);
        var status = await AnswerAsync(http, exchange, handler);
        metrics.Admin.Answered(handler, metrics.Since(started), status?.Code ?? RpcStatusCode.Cancelled);
        if (status is not null && !http.RequestAborted.IsCancellationRequested)
        {
            await exchange.FinishAsync(status);
        }

        await CleanUpAsync(http, exchange);
    }

    /// <returns>Null when the caller has gone, so that nobody is left to tell.</returns>
    private async Task<RpcStatus?> AnswerAsync(HttpContext http, RpcExchange exchange, RpcMethodHandler? handler)
    {
        if (guard(http) is { } refusal)
        {
            return refusal;
        }

        if (handler is null)
        {
            return RpcStatus.Unimplemented("The server does not know this method.");
        }

        var wanted = handler.MaxTime;
        if (http.Request.Headers[RpcHeaders.Timeout] is [{ } text, ..] && !CallTimeout.TryParse(text, out wanted))
        {
            return RpcStatus.Internal("The call's timeout is malformed.");
        }

        using var deadline = new CancellationTokenSource(wanted < handler.MaxTime ? wanted : handler.MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, deadline.Token);
        try
        {
            return await handler.RunAsync(exchange, stopping, either.Token);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested || exchange.IsAbandoned)
        {
            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new RpcStatus(RpcStatusCode.DeadlineExceeded, "The call's deadline has passed.");
        }
        catch (BadHttpRequestException exception)
        {
            Log.AdminRequestUnreadable(logger, http.Request.Path, exception.Message);
            return RpcStatus.Internal("The request could not be read.");
        }
        catch (Exception exception)
        {
            Log.AdminCallFailed(logger, http.Request.Path, exception);
            return RpcStatus.Internal("Internal error; the server's log says more.");
        }
    }

    /// <summary>A handler that ignores its token outlives its call; the request stays its owner until it returns.</summary>
    private async Task CleanUpAsync(HttpContext http, RpcExchange exchange)
    {
        try
        {
            await (exchange.AfterStatus?.Invoke() ?? Task.CompletedTask);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectionAbortedException)
        {
            // The expected end of a handler whose call was over before it.
        }
        catch (Exception exception)
        {
            Log.AdminCallFailed(logger, http.Request.Path, exception);
        }
    }
}
