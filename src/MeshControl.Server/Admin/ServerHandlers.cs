using System.Reflection;
using System.Runtime.InteropServices;
using MeshControl.Admin.Clients;
using MeshControl.Core.Storage;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's view of the server itself.</summary>
internal sealed class ServerHandlers(IMeshStore store)
{
    public RpcService Bind() => new RpcService(AdminServices.Server)
        .Unary(ServerMethods.GetHealth, GetHealthAsync)
        .Unary(ServerMethods.GetVersion, GetVersionAsync);

    private async Task<RpcResult<Messages.GetHealthResponse>> GetHealthAsync(
        Messages.GetHealthRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var problem = await store.CheckHealthAsync(cancellationToken);
        return new Messages.GetHealthResponse { DatabaseConnectivity = problem is null, DatabaseProblem = problem ?? "" };
    }

    private static Task<RpcResult<Messages.GetVersionResponse>> GetVersionAsync(
        Messages.GetVersionRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        // The build appends the revision to the version, behind a plus.
        var full = typeof(ServerHandlers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var parts = full.Split('+', 2);
        return Task.FromResult<RpcResult<Messages.GetVersionResponse>>(new Messages.GetVersionResponse
        {
            Version = parts[0],
            Commit = parts.Length > 1 ? parts[1] : "",
            Runtime = RuntimeInformation.FrameworkDescription,
            Platform = RuntimeInformation.RuntimeIdentifier.Replace('-', '/'),
        });
    }
}
