using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>What a caller can make the server hold or wait for.</summary>
internal static class RpcLimits
{
    /// <summary>Bytes of a request. The largest one is a policy text, which has its own, lower limit.</summary>
    public const int MaxRequestLength = MessageFrame.DefaultMaxLength;

    /// <summary>
    /// How long a call with one answer may take, whatever deadline it asks for, or none: nothing takes minutes, and a call that hangs must
    /// not hold its place for ever.
    /// </summary>
    public static readonly TimeSpan MaxUnaryTime = TimeSpan.FromMinutes(5);

    /// <summary>How long a stream may stay open; who still wants it calls again.</summary>
    public static readonly TimeSpan MaxStreamTime = TimeSpan.FromHours(1);
}
