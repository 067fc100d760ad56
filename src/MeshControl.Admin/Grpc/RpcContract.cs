using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshControl.Admin.Grpc;

/// <summary>Finds methods in the contract, and checks that what the program believes about them is true.</summary>
public static class RpcContract
{
    /// <exception cref="ArgumentException">The contract has no such method, or its types or shape differ.</exception>
    public static RpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Find<TRequest, TResponse>(service, name, serverStreaming: false);

    /// <inheritdoc cref="Unary"/>
    public static RpcMethod<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Find<TRequest, TResponse>(service, name, serverStreaming: true);

    private static RpcMethod<TRequest, TResponse> Find<TRequest, TResponse>(ServiceDescriptor service, string name, bool serverStreaming)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var method = service.FindMethodByName(name)
            ?? throw new ArgumentException($"{service.FullName} has no method {name}.", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.FullName} and returns {method.OutputType.FullName}.", nameof(name));
        }

        if (method.IsClientStreaming || method.IsServerStreaming != serverStreaming)
        {
            throw new ArgumentException($"{method.FullName} has another streaming shape.", nameof(name));
        }

        return new(method);
    }
}
