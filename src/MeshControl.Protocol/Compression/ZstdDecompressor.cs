using System.Buffers;

namespace MeshControl.Protocol.Compression;

/// <summary>Decompresses with the system's libzstd. One instance serves a whole process; all members may be called concurrently.</summary>
/// <remarks>
/// Each frame is decoded in one go into its destination, which is also its window. So a frame header cannot make the library
/// allocate, and memory is bounded by the limit alone.
/// </remarks>
public sealed class ZstdDecompressor : IDisposable
{
    // First guesses for a frame that does not tell its length; wrong guesses double. Map responses shrink to about a fifth.
    private const int GuessedRatio = 8;
    private const int MinGuess = 4096;

    private readonly ContextPool<ZstdDecompressionContext> _contexts = new(LibZstd.CreateDecompressionContext);

    /// <summary>Decompresses one or more frames that follow one another.</summary>
    /// <param name="source">Exactly the frames.</param>
    /// <param name="limit">Most bytes of content to accept.</param>
    /// <param name="destination">Receives the content. After a failure it may hold the content of leading frames.</param>
    public ZstdStatus TryDecompress(ReadOnlySpan<byte> source, int limit, IBufferWriter<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (source.IsEmpty)
        {
            return ZstdStatus.Invalid;
        }

        var context = _contexts.Rent();
        try
        {
            var remaining = limit;
            while (!source.IsEmpty)
            {
                var frameLength = LibZstd.FindFrameLength(source, (nuint)source.Length);
                if (LibZstd.IsError(frameLength))
                {
                    return ZstdStatus.Invalid;
                }

                var status = TryDecompressFrame(context, source[..(int)frameLength], remaining, destination, out var written);
                if (status != ZstdStatus.Ok)
                {
                    return status;
                }

                remaining -= written;
                source = source[(int)frameLength..];
            }

            return ZstdStatus.Ok;
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    /// <summary>The same for a body that may lie in several pieces of memory.</summary>
    public ZstdStatus TryDecompress(in ReadOnlySequence<byte> source, int limit, IBufferWriter<byte> destination)
    {
        if (source.IsSingleSegment)
        {
            return TryDecompress(source.FirstSpan, limit, destination);
        }

        var length = checked((int)source.Length);
        var joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            source.CopyTo(joined);
            return TryDecompress(joined.AsSpan(0, length), limit, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    public void Dispose() => _contexts.Dispose();

    private static ZstdStatus TryDecompressFrame(
        ZstdDecompressionContext context, ReadOnlySpan<byte> frame, int limit, IBufferWriter<byte> destination, out int written)
    {
        written = 0;
        var contentSize = LibZstd.GetFrameContentSize(frame, (nuint)frame.Length);
        if (contentSize == LibZstd.ContentSizeError)
        {
            return ZstdStatus.Invalid;
        }

        var isKnown = contentSize != LibZstd.ContentSizeUnknown;
        if (isKnown && contentSize > (ulong)limit)
        {
            return ZstdStatus.TooLarge;
        }

        var capacity = isKnown ? (int)contentSize : (int)Math.Min(limit, Math.Max(MinGuess, (long)frame.Length * GuessedRatio));
        while (true)
        {
            // A writer may answer a request for nothing with anything, so ask for a byte and use what is meant.
            var target = destination.GetSpan(Math.Max(capacity, 1))[..capacity];
            var result = LibZstd.Decompress(context, target, (nuint)capacity, frame, (nuint)frame.Length);
            if (!LibZstd.IsError(result))
            {
                written = (int)result;
                destination.Advance(written);
                return ZstdStatus.Ok;
            }

            if (isKnown || LibZstd.GetErrorCode(result) != LibZstd.DestinationTooSmall)
            {
                return ZstdStatus.Invalid;
            }

            if (capacity == limit)
            {
                return ZstdStatus.TooLarge;
            }

            capacity = (int)Math.Min(limit, capacity * 2L);
        }
    }
}
