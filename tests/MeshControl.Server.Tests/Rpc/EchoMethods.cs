using Google.Protobuf.Reflection;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

internal static class EchoMethods
{
    public static ServiceDescriptor Service { get; } = EchoReflection.Descriptor.FindTypeByName<ServiceDescriptor>("EchoService");

    public static ServiceDescriptor OtherService { get; } = EchoReflection.Descriptor.FindTypeByName<ServiceDescriptor>("OtherService");

    public static RpcMethod<EchoRequest, EchoResponse> Echo { get; } = RpcContract.Unary<EchoRequest, EchoResponse>(Service, "Echo");

    public static RpcMethod<EchoRequest, EchoResponse> Count { get; } =
        RpcContract.ServerStreaming<EchoRequest, EchoResponse>(Service, "Count");

    public static RpcMethod<EchoRequest, EchoResponse> OtherEcho { get; } =
        RpcContract.Unary<EchoRequest, EchoResponse>(OtherService, "Echo");
}
