using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace MeshControl.Admin.Grpc;

/// <summary>
/// The client side of gRPC over HTTP/2. How the server is reached is the handler's business: a Unix socket
/// (<see cref="UnixSocketHandler"/>), or TCP with TLS. Safe for concurrent calls.
/// </summary>
/// <param name="handler">Owned by the channel.</param>
/// <param name="address">Scheme and authority; <c>http</c> means HTTP/2 without TLS.</param>
public sealed class RpcChannel(HttpMessageHandler handler, Uri address, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: true);

    /// <param name="patience">How long to retry while nobody listens on the socket yet.</param>
    public static RpcChannel ForUnixSocket(string path, TimeSpan patience, TimeProvider time) =>
        new(UnixSocketHandler.Create(path, patience, time), new Uri("http://localhost"), time);

    /// <exception cref="RpcException">The call ended in another status than OK, or never reached the server.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, RpcCallOptions options, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        TResponse? only = null;
        await foreach (var response in StreamAsync(method, request, options, cancellationToken))
        {
            only = only is null
                ? response
                : throw new RpcException(RpcStatus.Unimplemented("The server sent more than one response."));
        }

        return only ?? throw new RpcException(RpcStatus.Unimplemented("The server sent no response."));
    }

    /// <summary>The responses as they arrive; leaving the loop early cancels the call.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcCallOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = new RpcClientCall(_invoker, options, time, cancellationToken);
        await call.SendAsync(new Uri(address, method.Path), request);
        while (await call.ReadAsync(method.ResponseParser) is { } response)
        {
            yield return response;
        }
    }

    public void Dispose() => _invoker.Dispose();
}
