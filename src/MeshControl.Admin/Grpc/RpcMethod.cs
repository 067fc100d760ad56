using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshControl.Admin.Grpc;

/// <summary>One method of a service with its message types; both ends of a call use the same value.</summary>
public sealed class RpcMethod<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    internal RpcMethod(MethodDescriptor descriptor)
    {
        Descriptor = descriptor;
        Path = $"/{descriptor.Service.FullName}/{descriptor.Name}";
    }

    public MethodDescriptor Descriptor { get; }

    /// <summary>The HTTP path, such as <c>/meshcontrol.admin.v1.UserService/ListUsers</c>.</summary>
    public string Path { get; }

    public MessageParser<TRequest> RequestParser { get; } = new(() => new TRequest());

    public MessageParser<TResponse> ResponseParser { get; } = new(() => new TResponse());
}
