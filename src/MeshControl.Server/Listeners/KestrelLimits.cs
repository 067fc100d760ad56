using MeshControl.Server.Machine;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>What a peer can make the web server hold, on every listener.</summary>
internal static class KestrelLimits
{
    /// <summary>Connections that the kernel holds while we accept others: a mass reconnect of thousands must not be refused.</summary>
    public const int ListenBacklog = 4096;

    /// <summary>Streams per channel: a client needs a handful.</summary>
    public const int MaxStreamsPerConnection = 100;

    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = MachineEndpoints.MaxBodyLength;
        limits.Http2.MaxStreamsPerConnection = MaxStreamsPerConnection;

        // A map stream may be silent for a minute and a client may read as slowly as it likes.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
    }
}
