using MeshControl.Admin.Grpc;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Admin;

/// <summary>Who may call the admin API: whoever the file system lets connect to the Unix socket, and nobody else.</summary>
internal static class AdminAccess
{
    /// <summary>The endpoints exist on every listener of the server, so each call is checked for where it came in.</summary>
    /// <returns>Null when the call may go on.</returns>
    public static RpcStatus? Check(HttpContext http) =>
        ListenerMark.Of(http) == ListenerKind.AdminSocket
            ? null
            : RpcStatus.PermissionDenied("The admin API answers on the server's Unix socket only.");
}
