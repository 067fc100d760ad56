using MeshControl.Core.Maps;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Protocol.Compression;
using MeshControl.Server.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Polling;

/// <summary>The writing end of one map stream. Written to by its own loop alone; the wheel only asks and nudges.</summary>
internal sealed class MapStream(
    MapSession session, MapFrameWriter frames, KeepAliveWheel wheel, ServerMetrics metrics, HttpResponse response, bool compress)
{
    private volatile bool _keepAliveDue;
    private volatile int _lastWrite;

    /// <summary>Where the wheel keeps the stream; −1 while it does not. Guarded by the wheel.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Shortens the time that what is written has to be answered in; null where nobody waits for answers so closely.</summary>
    public NewsDeadline? Deadline { get; init; }

    /// <summary>When something was written last, in the wheel's seconds.</summary>
    public int LastWrite => _lastWrite;

    /// <summary>Asks the loop to send a keep-alive, unless it has something better to send.</summary>
    public void RequestKeepAlive()
    {
        _keepAliveDue = true;
        session.Wake();
    }

    /// <summary>Whether a keep-alive was asked for since the last call.</summary>
    public bool TakeKeepAlive()
    {
        var due = _keepAliveDue;
        _keepAliveDue = false;
        return due;
    }

    /// <summary>Writes a message without sending it: the caller does that by <see cref="FlushAsync"/>, and lets go of the message before.</summary>
    /// <param name="message">What to send.</param>
    /// <param name="kind">For the statistics.</param>
    public void Write(MapMessage message, string kind) => metrics.MapSent(kind, Write(frames, response, message, compress));

    /// <summary>Waits until the client has room for what was written.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Deadline?.BeforeWrite(wheel.Seconds);
        await response.BodyWriter.FlushAsync(cancellationToken);
        _lastWrite = wheel.Seconds;
        _keepAliveDue = false;
    }

    public async Task WriteKeepAliveAsync(CancellationToken cancellationToken)
    {
        Deadline?.BeforeWrite(wheel.Seconds);
        frames.WriteKeepAlive(response.BodyWriter, compress);
        metrics.MapSent(ServerMetrics.KeepAlive, response.BodyWriter.UnflushedBytes);
        await response.BodyWriter.FlushAsync(cancellationToken);
        _lastWrite = wheel.Seconds;
    }

    /// <summary>Writes one message with its length in front. All buffers but those of the response are back when it returns.</summary>
    /// <returns>The bytes that it took.</returns>
    public static long Write(MapFrameWriter frames, HttpResponse response, MapMessage message, bool compress)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "application/octet-stream";
        }

        message.WriteTo(frames, response.BodyWriter, compress);
        return response.BodyWriter.UnflushedBytes;
    }
}
