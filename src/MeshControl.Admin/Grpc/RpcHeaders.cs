namespace MeshControl.Admin.Grpc;

/// <summary>Names and fixed values of the headers and trailers of a call.</summary>
public static class RpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";
    public const string Timeout = "grpc-timeout";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";
    public const string Te = "te";
    public const string Trailers = "trailers";

    private const string ReservedPrefix = "grpc-";
    private static readonly string[] HttpOwn =
        ["content-type", "content-length", "date", "host", "server", "te", "trailer", "transfer-encoding", "user-agent"];

    /// <summary>True for <c>application/grpc</c> and <c>application/grpc+proto</c>, with or without parameters.</summary>
    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = contentType.AsSpan(ContentType.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["+proto".Length..];
        }

        return rest.IsEmpty || rest[0] is ';' or ' ';
    }

    /// <summary>True when the name belongs to the protocol rather than to the caller's metadata.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(':')
        || name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase)
        || HttpOwn.Contains(name, StringComparer.OrdinalIgnoreCase);
}
