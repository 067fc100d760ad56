using System.Net.Sockets;
using MeshControl.Admin.Grpc;

namespace MeshControl.Cli.Errors;

/// <summary>Statuses of the server as the program's own.</summary>
internal static class RpcErrors
{
    public static CliError ToCliError(this RpcException exception)
    {
        if (exception.Find<SocketException>() is { } cause)
        {
            return cause.SocketErrorCode == SocketError.AccessDenied
                ? new(ExitCodes.NotAllowed, $"{exception.Message}; run meshctl as root, or as a member of the group that owns the socket.")
                : new(ExitCodes.Unavailable, $"{exception.Message}; is the server running (meshctl serve)?");
        }

        var message = exception.Message.Length > 0 ? exception.Message : $"The server answered {exception.Code} without a reason.";
        return new(ToExitCode(exception.Code), message);
    }

    private static int ToExitCode(RpcStatusCode code) => code switch
    {
        RpcStatusCode.InvalidArgument or RpcStatusCode.OutOfRange => ExitCodes.Usage,
        RpcStatusCode.NotFound => ExitCodes.NotFound,
        RpcStatusCode.AlreadyExists => ExitCodes.AlreadyExists,
        RpcStatusCode.FailedPrecondition or RpcStatusCode.Aborted => ExitCodes.Refused,
        RpcStatusCode.PermissionDenied or RpcStatusCode.Unauthenticated => ExitCodes.NotAllowed,
        RpcStatusCode.Unavailable => ExitCodes.Unavailable,
        RpcStatusCode.DeadlineExceeded => ExitCodes.TimedOut,
        RpcStatusCode.ResourceExhausted => ExitCodes.Exhausted,
        _ => ExitCodes.Failure,
    };

    /// <summary>The first exception of a kind below a failure, or null.</summary>
    public static T? Find<T>(this RpcException exception)
        where T : Exception
    {
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
            {
                return found;
            }
        }

        return null;
    }
}
