using MeshControl.Admin.Grpc;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Connection;

/// <summary>A server on this machine.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record SocketTarget(string Path, RpcCallOptions Options) : ServerTarget(Options)
{
    public override RpcChannel Open(TimeSpan patience, TimeProvider time) => RpcChannel.ForUnixSocket(Path, patience, time);

    public override CliError Explain(RpcException exception) => exception.ToCliError();
}
