using System.Net;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Diagnostics;

/// <summary>
/// Messages of the relay: 2000–2099. Clients come and go all the time, so that each of them is worth a line at Debug only.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "Relay client {Key} connected from {Remote}")]
    public static partial void ClientConnected(ILogger logger, NodePublicKey key, IPEndPoint remote);

    [LoggerMessage(2001, LogLevel.Debug, "Relay client {Key} disconnected: {Reason}")]
    public static partial void ClientDisconnected(ILogger logger, NodePublicKey key, string reason);

    [LoggerMessage(2002, LogLevel.Debug, "A relay client from {Remote} was not let in: {Reason}")]
    public static partial void LoginRefused(ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(2003, LogLevel.Debug, "Writing to a relay client failed: {Reason}")]
    public static partial void WriteFailed(ILogger logger, string reason);

    [LoggerMessage(2004, LogLevel.Warning,
        "Key {Key} is used by {Connections} connections in turn: a device was probably copied. Log one of them out and in again, so that "
        + "it gets a key of its own ({Suppressed} such lines suppressed)")]
    public static partial void KeyUsedTwice(ILogger logger, NodePublicKey key, int connections, long suppressed);

    [LoggerMessage(2005, LogLevel.Error, "A relay connection from {Remote} failed unexpectedly and is closed")]
    public static partial void ConnectionFaulted(ILogger logger, IPEndPoint remote, Exception exception);

    [LoggerMessage(2006, LogLevel.Warning, "The relay has {Connections} connections, the most it may, and refuses more ({Suppressed} such lines suppressed)")]
    public static partial void Full(ILogger logger, int connections, long suppressed);

    [LoggerMessage(2008, LogLevel.Error, "A relay connection's keep-alive or time limit failed unexpectedly")]
    public static partial void TimerFaulted(ILogger logger, Exception exception);

    [LoggerMessage(2007, LogLevel.Information, "The relay stops: {Connections} connections are told and closed")]
    public static partial void Stopping(ILogger logger, int connections);
}
