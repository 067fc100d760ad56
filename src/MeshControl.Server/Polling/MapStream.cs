using System.Buffers;
using MeshControl.Core.Maps;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;
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

    /// <param name="message">What to send.</param>
    /// <param name="kind">For the statistics.</param>
    public async Task WriteAsync(MapResponse message, string kind, CancellationToken cancellationToken)
    {
        metrics.MapSent(kind, await WriteAsync(frames, response, message, compress, cancellationToken));
        _lastWrite = wheel.Seconds;
        _keepAliveDue = false;
    }

    public async Task WriteKeepAliveAsync(CancellationToken cancellationToken)
    {
        frames.WriteKeepAlive(response.BodyWriter, compress);
        metrics.MapSent(ServerMetrics.KeepAlive, response.BodyWriter.UnflushedBytes);
        await response.BodyWriter.FlushAsync(cancellationToken);
        _lastWrite = wheel.Seconds;
    }

    /// <summary>Writes one message with its length in front and flushes it to the client.</summary>
    /// <returns>The bytes that it took.</returns>
    public static async Task<long> WriteAsync(
        MapFrameWriter frames, HttpResponse response, MapResponse message, bool compress, CancellationToken cancellationToken)
    {
        using var json = new PooledBuffer();
        ControlJson.Serialize(json, message);
        if (!response.HasStarted)
        {
            response.ContentType = "application/octet-stream";
        }

        frames.Write(response.BodyWriter, json.Written, compress);
        var bytes = response.BodyWriter.UnflushedBytes;
        await response.BodyWriter.FlushAsync(cancellationToken);
        return bytes;
    }

    /// <summary>A buffer that grows, and goes back to the pool.</summary>
    private sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
    {
        private const int FirstSize = 4096;

        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
        private int _length;

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

        public void Advance(int count) => _length += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            var needed = _length + Math.Max(sizeHint, 1);
            if (needed > _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
                Written.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            return _bytes.AsMemory(_length);
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}
