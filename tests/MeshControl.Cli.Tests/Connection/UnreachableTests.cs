using System.Net.Sockets;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Tests.Connection;

public sealed class UnreachableTests
{
    [Theory]
    [Trait("Acceptance", "TestCLIRootUtilsSocket")]
    [InlineData(SocketError.ConnectionRefused, 7, "is the server running")]
    [InlineData(SocketError.AddressNotAvailable, 7, "is the server running")]
    [InlineData(SocketError.AccessDenied, 6, "run meshctl as root")]
    public void Error_OfTheSocket_SaysWhatToDo(SocketError socketError, int exitCode, string advice)
    {
        var cause = new IOException("cannot connect to /s: why", new SocketException((int)socketError));
        var error = new RpcException(RpcStatus.Unavailable(cause.Message), inner: new HttpRequestException("x", cause)).ToCliError();

        Assert.Equal(exitCode, error.ExitCode);
        Assert.StartsWith("cannot connect to /s: why", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }
}
