using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;

namespace MeshControl.Admin.Grpc;

/// <summary>How a call ended: a code for programs, one clear sentence for people, and optional typed details.</summary>
public sealed record RpcStatus(RpcStatusCode Code, string Message)
{
    public static readonly RpcStatus Ok = new(RpcStatusCode.Ok, "");

    public ImmutableArray<Any> Details { get; init; } = [];

    public static RpcStatus InvalidArgument(string message) => new(RpcStatusCode.InvalidArgument, message);

    public static RpcStatus NotFound(string message) => new(RpcStatusCode.NotFound, message);

    public static RpcStatus AlreadyExists(string message) => new(RpcStatusCode.AlreadyExists, message);

    public static RpcStatus FailedPrecondition(string message) => new(RpcStatusCode.FailedPrecondition, message);

    public static RpcStatus PermissionDenied(string message) => new(RpcStatusCode.PermissionDenied, message);

    public static RpcStatus Unavailable(string message) => new(RpcStatusCode.Unavailable, message);

    public static RpcStatus Unimplemented(string message) => new(RpcStatusCode.Unimplemented, message);

    public static RpcStatus Internal(string message) => new(RpcStatusCode.Internal, message);
}
