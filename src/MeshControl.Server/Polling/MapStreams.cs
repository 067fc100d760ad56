using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Polling;

/// <summary>
/// Sends maps to clients. Each stream is one loop:
/// <code>
/// open session ─► whole map ─┬─► wait ─► what changed ─► write, flush ─┐
///                            └──────────────◄─────────────────────────┘
/// </code>
/// While a write is in flight the session gathers changes; a slow client gets fewer and larger messages, and nobody waits for it.
/// </summary>
internal sealed class MapStreams(
    MapFrameWriter frames,
    WholeMapQueue wholeMaps,
    KeepAliveWheel wheel,
    ServerMetrics metrics,
    LimitOptions limits,
    OfflineBudget budget,
    TimeProvider time,
    ILogger<MapStreams> logger)
{
    /// <summary>
    /// Whole maps that one channel is sent at once, beside its stream. Each may be a megabyte and lies here until the client takes it;
    /// one client asks for one.
    /// </summary>
    public const int MaxWholeMaps = 8;

    private long _begun;

    /// <summary>Streams that were sent their first map since the server started.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>Serves a stream until the client leaves or the session ends.</summary>
    public Task RunAsync(HttpContext context, Tailnet tailnet, NodeEntry viewer, MapRequest request)
    {
        // What an asynchronous method is given lives as long as the method does: for days. So this one is given neither the request, nor a
        // state of the node that is soon an old one.
        Http2HeaderBuffer.TryShrink(context);
        var deadline = Follow(context, viewer);
        var opening = tailnet.Sessions.OpenAsync(viewer, request.Version, context.RequestAborted);
        return ServeAsync(context, tailnet.Sessions, opening, deadline, Compresses(request));
    }

    /// <summary>Answers with one whole map, in its turn. A client that does not take it in time is not waited for; it waits for the server.</summary>
    public async Task WriteOnceAsync(HttpContext context, Tailnet tailnet, NodeId node, MapRequest request)
    {
        var turns = context.Features.Get<ConnectionTicket>()?.WholeMaps;
        using var late = new CancellationTokenSource(limits.RequestTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            await (turns?.WaitAsync(end.Token) ?? Task.CompletedTask);
            try
            {
                late.CancelAfter(Timeout.InfiniteTimeSpan);
                var found = await wholeMaps.RunAsync(() => TryWriteWholeMap(context.Response, tailnet, node, request), end.Token);
                late.CancelAfter(limits.RequestTimeout);
                if (found)
                {
                    await context.Response.BodyWriter.FlushAsync(end.Token);
                }
                else
                {
                    await RefuseAsync(context, SessionEnd.NodeRemoved);
                }
            }
            finally
            {
                turns?.Release();
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private bool TryWriteWholeMap(HttpResponse response, Tailnet tailnet, NodeId node, MapRequest request)
    {
        if (tailnet.Sessions.FullMap(node) is not { } map)
        {
            return false;
        }

        metrics.MapSent(ServerMetrics.Full, MapStream.Write(frames, response, map, Compresses(request)));
        return true;
    }

    private static bool Compresses(MapRequest request) => string.Equals(request.Compress, "zstd", StringComparison.OrdinalIgnoreCase);

    /// <summary>Decides how closely is looked at whether the client is still there.</summary>
    private NewsDeadline? Follow(HttpContext context, NodeEntry viewer)
    {
        if (context.Features.Get<IConnectionSocketFeature>() is not { Socket: var socket })
        {
            return null;
        }

        if (Phones.Has(viewer.Node))
        {
            TcpLiveness.RelaxForPhone(socket);
            return null;
        }

        return new NewsDeadline(socket, budget);
    }

    private async Task ServeAsync(HttpContext context, MapSessions sessions, Task<MapSession?> opening, NewsDeadline? deadline, bool compress)
    {
        var opened = metrics.Start();
        var aborted = context.RequestAborted;
        if (await opening is not { } session)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "the server is stopping");
            return;
        }

        var stream = new MapStream(session, frames, wheel, metrics, context.Response, compress) { Deadline = deadline };
        try
        {
            // The status goes out with the first message, so that a failure before it can still be a status.
            Log.StreamOpened(logger, session.NodeId.Value, HttpText.AddressOf(context), session.CapabilityVersion);
            if (!await wholeMaps.RunAsync(() => TryWriteFirst(session, stream), aborted))
            {
                await RefuseAsync(context, session.End);
                return;
            }

            await stream.FlushAsync(aborted);
            wheel.Add(stream);
            metrics.FirstMapSent(opened);
            Interlocked.Increment(ref _begun);
            await PumpAsync(session, stream, aborted);
            Log.StreamEnded(logger, session.NodeId.Value, session.End.ToString());
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            Log.StreamEnded(logger, session.NodeId.Value, "the client left");
        }
        finally
        {
            wheel.Remove(stream);
            sessions.Close(session);
        }
    }

    private static async Task PumpAsync(MapSession session, MapStream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            await session.WaitAsync(cancellationToken);
            if (session.End != SessionEnd.None)
            {
                if (session.End == SessionEnd.NodeRemoved)
                {
                    stream.Write(session.FarewellMessage(), ServerMetrics.Delta);
                    await stream.FlushAsync(cancellationToken);
                }

                return;
            }

            if (TryWriteNext(session, stream))
            {
                await stream.FlushAsync(cancellationToken);
            }
            else if (stream.TakeKeepAlive())
            {
                await stream.WriteKeepAliveAsync(cancellationToken);
            }
        }
    }

    private static Task RefuseAsync(HttpContext context, SessionEnd end) => end switch
    {
        SessionEnd.NodeRemoved or SessionEnd.KeyReplaced => HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "node not found"),
        SessionEnd.Replaced => HttpText.WriteAsync(context, StatusCodes.Status409Conflict, "another stream of this node has begun"),
        SessionEnd.ServerStopping => HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "the server is stopping"),
        _ => HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "try again"),
    };

    // Messages are written in methods that do not wait. What an asynchronous method has a name for lives as long as the method does,
    // and a stream lives for days: whole snapshots and a megabyte or more of rendered map each would be kept for nothing.
    private static bool TryWriteFirst(MapSession session, MapStream stream)
    {
        // It may have ended while it waited for its turn; those behind it need not wait for a map that nobody reads.
        if (session.End != SessionEnd.None || session.FirstMessage() is not { } first)
        {
            return false;
        }

        stream.Write(first, ServerMetrics.Full);
        return true;
    }

    private static bool TryWriteNext(MapSession session, MapStream stream)
    {
        if (session.NextMessage() is not { } delta)
        {
            return false;
        }

        stream.Write(delta, ServerMetrics.Delta);
        return true;
    }
}
