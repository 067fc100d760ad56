using MeshControl.Admin.Grpc;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Connection;

/// <summary>The server that a command talks to, and how.</summary>
/// <param name="Options">Of every call.</param>
internal abstract record ServerTarget(RpcCallOptions Options)
{
    /// <summary>Connects with the first call.</summary>
    /// <param name="patience">How long to wait for a socket nobody listens on yet.</param>
    /// <param name="time">Measures it, and deadlines.</param>
    public abstract RpcChannel Open(TimeSpan patience, TimeProvider time);

    /// <summary>What a call that failed means here, and what to do.</summary>
    public abstract CliError Explain(RpcException exception);
}
