using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;
using MeshControl.Server.Tests.Rpc.Contract;

namespace MeshControl.Server.Tests.Rpc;

/// <summary>What is wrong with a binding shows at start.</summary>
public sealed class RpcServiceTests
{
    [Fact]
    public void Unary_MethodOfAnotherService_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new RpcService(EchoMethods.Service).Unary(EchoMethods.OtherEcho, Answer));

    [Fact]
    public void Unary_Twice_Throws() =>
        Assert.Throws<InvalidOperationException>(
            () => new RpcService(EchoMethods.Service).Unary(EchoMethods.Echo, Answer).Unary(EchoMethods.Echo, Answer));

    [Fact]
    public void Unary_StreamingMethod_Throws() =>
        Assert.Throws<InvalidOperationException>(() => new RpcService(EchoMethods.Service).Unary(EchoMethods.Count, Answer));

    [Fact]
    public void Contract_UnknownName_Throws() =>
        Assert.Throws<ArgumentException>(() => RpcContract.Unary<EchoRequest, EchoResponse>(EchoMethods.Service, "Ecco"));

    [Fact]
    public void Contract_WrongTypes_Throws() =>
        Assert.Throws<ArgumentException>(() => RpcContract.Unary<EchoResponse, EchoResponse>(EchoMethods.Service, "Echo"));

    [Fact]
    public void Contract_WrongShape_Throws() =>
        Assert.Throws<ArgumentException>(() => RpcContract.Unary<EchoRequest, EchoResponse>(EchoMethods.Service, "Count"));

    private static Task<RpcResult<EchoResponse>> Answer(EchoRequest request, RpcCall call, CancellationToken cancellationToken) =>
        Task.FromResult<RpcResult<EchoResponse>>(new EchoResponse());
}
