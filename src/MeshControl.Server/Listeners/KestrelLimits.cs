using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Machine;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>
/// What a peer can make the web server hold, on every listener. How many connections there may be, <see cref="ConnectionGate"/> says,
/// upgraded ones among them: the web server's own counts know nothing of who is behind a connection.
/// </summary>
internal static class KestrelLimits
{
    /// <summary>Connections that the kernel holds while we accept others: a mass reconnect of thousands must not be refused.</summary>
    public const int ListenBacklog = 4096;

    /// <summary>Streams per channel: a client needs a handful.</summary>
    public const int MaxStreamsPerConnection = 100;

    /// <summary>Connections of the metrics listener: a few programs watch, each with one or two.</summary>
    public const int MaxMetricsConnections = 64;

    /// <summary>Connections of the listener for captive portals: each lasts for one short request.</summary>
    public const int MaxCaptivePortalConnections = 256;

    /// <summary>Bytes of a request's first line. The longest of a client is the WebSocket's, with 140 characters of handshake.</summary>
    public const int MaxRequestLineLength = 4 * 1024;

    /// <summary>Bytes of all headers of a request, unpacked. Clients send some hundred, reverse proxies add to that.</summary>
    public const int MaxHeadersLength = 16 * 1024;

    /// <summary>Headers of a request. Clients send ten.</summary>
    public const int MaxHeaders = 64;

    /// <summary>Bytes of an HTTP/2 frame, the least that the protocol allows.</summary>
    public const int MaxFrameLength = 16 * 1024;

    /// <summary>Bytes of headers that HTTP/2 keeps for abbreviation, per connection: the protocol's default.</summary>
    public const int HeaderTableLength = 4 * 1024;

    /// <summary>
    /// Bytes of a stream that may lie unread, and that all streams of a connection may share: the first is the protocol's default, and
    /// the other lets two bodies arrive at once. Requests have some kilobytes; the web server would lend each connection a mebibyte.
    /// </summary>
    public const int StreamWindow = 64 * 1024;

    /// <inheritdoc cref="StreamWindow"/>
    public const int ConnectionWindow = 128 * 1024;

    /// <summary>Bytes of an answer that wait for a slow reader, before whoever writes has to wait too.</summary>
    public const int MaxResponseBuffer = 64 * 1024;

    /// <summary>Bytes that are read ahead of a connection.</summary>
    public const int MaxRequestBuffer = 64 * 1024;

    /// <summary>
    /// Bytes a second below which a body, or an answer that waits for its reader, is given up, once the time for a whole request is over.
    /// Bodies inside channels have that time and no more.
    /// </summary>
    public const double MinBodyRate = 240;

    /// <summary>
    /// How long a connection may be idle between requests, and a channel without any. Reverse proxies keep theirs for a minute or two, and
    /// a server that closes first loses them a request.
    /// </summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(130);

    /// <summary>What the web server adds to ours, so that ours is what a peer meets first.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    public static void Apply(KestrelServerOptions kestrel, LimitOptions options)
    {
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = null;
        limits.MaxConcurrentUpgradedConnections = null;
        limits.MaxRequestBodySize = RequestBodies.MaxLength;
        limits.MaxRequestLineSize = MaxRequestLineLength;
        limits.MaxRequestHeadersTotalSize = MaxHeadersLength;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestBufferSize = MaxRequestBuffer;
        limits.MaxResponseBufferSize = MaxResponseBuffer;
        limits.RequestHeadersTimeout = options.HandshakeTimeout;
        limits.KeepAliveTimeout = IdleTimeout;
        limits.Http2.MaxStreamsPerConnection = MaxStreamsPerConnection;
        limits.Http2.MaxFrameSize = MaxFrameLength;
        limits.Http2.HeaderTableSize = HeaderTableLength;
        limits.Http2.MaxRequestHeaderFieldSize = MaxHeadersLength;
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        limits.MinRequestBodyDataRate = new MinDataRate(MinBodyRate, options.RequestTimeout + Slack);

        // Counts only while something waits for the reader, so a map stream may be silent. Without it a reader that opens no window could
        // keep as many answers waiting as it has streams, for as long as it likes.
        limits.MinResponseDataRate = new MinDataRate(MinBodyRate, options.RequestTimeout + Slack);
    }
}
