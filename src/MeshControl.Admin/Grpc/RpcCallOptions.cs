namespace MeshControl.Admin.Grpc;

/// <summary>What a caller may say about one call beside its message.</summary>
public sealed record RpcCallOptions
{
    public static readonly RpcCallOptions Default = new();

    /// <summary>After that long the call ends in <see cref="RpcStatusCode.DeadlineExceeded"/>, on both sides. Null: never.</summary>
    public TimeSpan? Timeout { get; init; }

    public RpcMetadata? Metadata { get; init; }

    /// <summary>Called once with the response's headers, before the first message.</summary>
    public Action<RpcMetadata>? OnHeaders { get; init; }

    /// <summary>Called once with the trailers of a call that ended well; those of a failed one are in the exception.</summary>
    public Action<RpcMetadata>? OnTrailers { get; init; }
}
