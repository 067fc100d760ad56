using MeshControl.Admin.Grpc;
using MeshControl.Core;

namespace MeshControl.Server.Admin;

/// <summary>Core's refusals as statuses. Core writes the sentence, because it knows what was wrong.</summary>
internal static class CoreErrors
{
    public static RpcStatus ToStatus(this CoreError error) => new(ToCode(error.Kind), error.Message);

    private static RpcStatusCode ToCode(CoreErrorKind kind) => kind switch
    {
        CoreErrorKind.NotFound => RpcStatusCode.NotFound,
        CoreErrorKind.Invalid => RpcStatusCode.InvalidArgument,
        CoreErrorKind.AlreadyExists => RpcStatusCode.AlreadyExists,
        CoreErrorKind.Refused => RpcStatusCode.FailedPrecondition,
        CoreErrorKind.Exhausted => RpcStatusCode.ResourceExhausted,
        CoreErrorKind.Unavailable => RpcStatusCode.Unavailable,
        _ => RpcStatusCode.Unknown,
    };
}
