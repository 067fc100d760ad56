using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Mesh;

/// <summary>Messages of the links between relays: 2300–2349.</summary>
internal static partial class MeshLog
{
    [LoggerMessage(2300, LogLevel.Information, "Connected to the relay {Relay} of the region, key {Key}")]
    public static partial void Connected(ILogger logger, string relay, string key);

    [LoggerMessage(2301, LogLevel.Warning, "The relay {Relay} of the region is lost, with {Clients} clients: {Reason}")]
    public static partial void Lost(ILogger logger, string relay, int clients, string reason);

    [LoggerMessage(2302, LogLevel.Warning, "The relay {Relay} of the region is out of reach: {Reason}")]
    public static partial void OutOfReach(ILogger logger, string relay, string reason);

    [LoggerMessage(2303, LogLevel.Debug, "The relay {Relay} of the region is still out of reach: {Reason}")]
    public static partial void StillOutOfReach(ILogger logger, string relay, string reason);

    [LoggerMessage(2304, LogLevel.Information, "{Relay} is this relay itself; it is left out")]
    public static partial void Self(ILogger logger, string relay);

    [LoggerMessage(2305, LogLevel.Error, "The link to the relay {Relay} failed unexpectedly")]
    public static partial void Failed(ILogger logger, string relay, Exception exception);
}
