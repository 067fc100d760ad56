using Google.Protobuf;
using Google.Protobuf.Reflection;
using MeshControl.Admin.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MeshControl.Server.Rpc;

/// <summary>Binds handlers to the methods of a service of the contract. Everything that can be wrong shows at start.</summary>
internal sealed class RpcService(ServiceDescriptor descriptor)
{
    private readonly Dictionary<string, RpcMethodHandler> _handlers = [];

    public RpcService Unary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<TRequest, RpcCall, CancellationToken, Task<RpcResult<TResponse>>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Bind(method.Descriptor, (false, false), new UnaryHandler<TRequest, TResponse>(method, answer));

    public RpcService ServerStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TRequest, RpcCall, CancellationToken, IAsyncEnumerable<RpcResult<TResponse>>> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Bind(method.Descriptor, (false, true), new ServerStreamHandler<TRequest, TResponse>(method, answer));

    /// <summary>Binds a method that streams both ways, one response for each request.</summary>
    /// <param name="method">Its messages may have other names than those given, if they are the same on the wire.</param>
    /// <param name="parser">Of requests.</param>
    /// <param name="answer">Needs no waiting.</param>
    public RpcService LockStep<TRequest, TResponse>(
        MethodDescriptor method, MessageParser<TRequest> parser, Func<TRequest, RpcResult<TResponse>> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Bind(method, (true, true), new LockStepHandler<TRequest, TResponse>(parser, answer));

    /// <summary>Adds the endpoints: one per method, and one that answers for methods the contract does not have.</summary>
    /// <exception cref="InvalidOperationException">A method of the service has no handler.</exception>
    public void Map(IEndpointRouteBuilder endpoints, RpcDispatcher dispatcher)
    {
        if (descriptor.Methods.FirstOrDefault(m => !_handlers.ContainsKey(m.Name)) is { } missing)
        {
            throw new InvalidOperationException($"{missing.FullName} has no handler.");
        }

        foreach (var (name, handler) in _handlers)
        {
            endpoints.MapPost($"/{descriptor.FullName}/{name}", http => dispatcher.InvokeAsync(http, handler));
        }

        endpoints.MapPost($"/{descriptor.FullName}/{{unknown}}", http => dispatcher.InvokeAsync(http, null));
    }

    private RpcService Bind(MethodDescriptor method, (bool Client, bool Server) streaming, RpcMethodHandler handler)
    {
        if (method.Service.FullName != descriptor.FullName)
        {
            throw new InvalidOperationException($"{method.FullName} is not a method of {descriptor.FullName}.");
        }

        if ((method.IsClientStreaming, method.IsServerStreaming) != streaming)
        {
            throw new InvalidOperationException($"{method.FullName} has another streaming shape.");
        }

        if (!_handlers.TryAdd(method.Name, handler))
        {
            throw new InvalidOperationException($"{method.FullName} has two handlers.");
        }

        handler.Name = $"{descriptor.Name}/{method.Name}";

        return this;
    }
}
