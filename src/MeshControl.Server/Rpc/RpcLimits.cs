using MeshControl.Admin.Grpc;

namespace MeshControl.Server.Rpc;

/// <summary>What a caller can make the server hold or wait for.</summary>
internal static class RpcLimits
{
    /// <summary>Bytes of a request. The largest one is a policy text, which has its own, lower limit.</summary>
    public const int MaxRequestLength = MessageFrame.DefaultMaxLength;
}
