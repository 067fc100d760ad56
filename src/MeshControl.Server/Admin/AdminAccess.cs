using System.Net.Sockets;
using MeshControl.Admin.Grpc;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Admin;

/// <summary>Who may call the admin API: whoever the file system lets connect to the Unix socket, and nobody else.</summary>
internal static class AdminAccess
{
    /// <summary>The endpoints exist on every listener of the server, so each call is checked for where it came in.</summary>
    /// <returns>Null when the call may go on.</returns>
    public static RpcStatus? Check(HttpContext http) =>
        http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix
            ? null
            : RpcStatus.PermissionDenied("The admin API answers on the server's Unix socket only.");
}
