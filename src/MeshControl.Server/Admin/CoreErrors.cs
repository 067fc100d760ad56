using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Grpc;
using MeshControl.Core;

namespace MeshControl.Server.Admin;

/// <summary>Core's refusals as statuses. Core writes the sentence, because it knows what was wrong.</summary>
internal static class CoreErrors
{
    /// <summary>Who says so in <see cref="ErrorInfo.Domain"/>: Core, and not a layer in between.</summary>
    public const string Domain = "meshcontrol";

    public static RpcStatus ToStatus(this CoreError error) => new(ToCode(error.Kind), error.Message)
    {
        Details = [Any.Pack(new ErrorInfo { Reason = ToReason(error.Kind), Domain = Domain })],
    };

    private static string ToReason(CoreErrorKind kind) => kind switch
    {
        CoreErrorKind.NotFound => "NOT_FOUND",
        CoreErrorKind.Invalid => "INVALID",
        CoreErrorKind.AlreadyExists => "ALREADY_EXISTS",
        CoreErrorKind.Refused => "REFUSED",
        CoreErrorKind.Exhausted => "EXHAUSTED",
        CoreErrorKind.Unavailable => "UNAVAILABLE",
        _ => "UNKNOWN",
    };

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
