using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>Answers the calls of one method.</summary>
internal abstract class RpcMethodHandler
{
    /// <summary>As the contract calls it: <c>NodeService/ListNodes</c>. Set when it is bound.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether a call lasts as long as its two ends want it to.</summary>
    public virtual bool IsStream => true;

    /// <summary>How long a call may take, whatever deadline the caller names.</summary>
    public abstract TimeSpan MaxTime { get; }

    /// <summary>Reads the request, sends every response and returns the status that is still to be sent.</summary>
    /// <param name="stopping">The server shuts down: streams end, single answers may still be given.</param>
    /// <param name="cancellationToken">The caller has gone, or its deadline has passed. Heeded even when the handler does not.</param>
    public abstract Task<RpcStatus> RunAsync(RpcExchange exchange, CancellationToken stopping, CancellationToken cancellationToken);
}
