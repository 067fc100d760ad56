using System.Net;
using MeshControl.Protocol.Stun;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Stun;

/// <summary>Events 2500 to 2509.</summary>
internal static partial class StunLog
{
    [LoggerMessage(2500, LogLevel.Information, "STUN answers at {Address} (UDP)")]
    public static partial void Listening(ILogger logger, IPEndPoint address);

    [LoggerMessage(2501, LogLevel.Debug,
        "STUN does not answer {Address}: {Refusal}; only requests of Tailscale clients are answered ({Unlogged} more since the last line)")]
    public static partial void Refused(ILogger logger, IPEndPoint address, StunRefusal refusal, long unlogged);

    [LoggerMessage(2502, LogLevel.Warning, "STUN cannot receive at {Address} and tries again")]
    public static partial void ReceiveFailed(ILogger logger, IPEndPoint address);

    [LoggerMessage(2503, LogLevel.Error, "STUN at {Address} had an unforeseen fault and goes on")]
    public static partial void Faulted(ILogger logger, Exception fault, IPEndPoint address);
}
