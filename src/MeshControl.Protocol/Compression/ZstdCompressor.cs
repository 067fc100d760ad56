using System.Buffers;

namespace MeshControl.Protocol.Compression;

/// <summary>Compresses with the system's libzstd. One instance serves a whole process; all members may be called concurrently.</summary>
public sealed class ZstdCompressor : IDisposable
{
    /// <summary>Map responses shrink to a fifth at nearly 1 GB/s; higher levels cost twice the time for nothing.</summary>
    public const int Level = 1;

    private readonly ContextPool<ZstdCompressionContext> _contexts = new(CreateContext);

    /// <summary>Room that always suffices for a frame with this much content.</summary>
    public static int GetMaxCompressedLength(int contentLength) => checked((int)LibZstd.CompressBound((nuint)contentLength));

    /// <summary>Compresses into one frame.</summary>
    /// <param name="content">What to compress; may be empty.</param>
    /// <param name="destination">At least <see cref="GetMaxCompressedLength"/> bytes.</param>
    /// <param name="options">What the frame says about its content.</param>
    /// <returns>Bytes written.</returns>
    public int Compress(ReadOnlySpan<byte> content, Span<byte> destination, ZstdFrameOptions options = ZstdFrameOptions.WholeMessage)
    {
        if (destination.Length < GetMaxCompressedLength(content.Length))
        {
            throw new ArgumentException("The destination may be too short for the frame.", nameof(destination));
        }

        var context = _contexts.Rent();
        try
        {
            SetParameter(context, LibZstd.ChecksumFlag, options.HasFlag(ZstdFrameOptions.Checksum) ? 1 : 0);
            SetParameter(context, LibZstd.ContentSizeFlag, options.HasFlag(ZstdFrameOptions.ContentSize) ? 1 : 0);
            var length = LibZstd.Compress(context, destination, (nuint)destination.Length, content, (nuint)content.Length);
            return !LibZstd.IsError(length)
                ? (int)length
                : throw new InvalidOperationException($"Zstandard could not compress (error {LibZstd.GetErrorCode(length)}).");
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    /// <summary>Appends one frame.</summary>
    /// <returns>Bytes written.</returns>
    public int Compress(
        ReadOnlySpan<byte> content, IBufferWriter<byte> destination, ZstdFrameOptions options = ZstdFrameOptions.WholeMessage)
    {
        var length = Compress(content, destination.GetSpan(GetMaxCompressedLength(content.Length)), options);
        destination.Advance(length);
        return length;
    }

    /// <summary>Makes a frame to keep.</summary>
    public byte[] Compress(ReadOnlySpan<byte> content, ZstdFrameOptions options = ZstdFrameOptions.WholeMessage)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GetMaxCompressedLength(content.Length));
        try
        {
            var length = Compress(content, buffer.AsSpan(), options);
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _contexts.Dispose();

    private static ZstdCompressionContext CreateContext()
    {
        var context = LibZstd.CreateCompressionContext();
        if (!context.IsInvalid)
        {
            SetParameter(context, LibZstd.CompressionLevel, Level);
        }

        return context;
    }

    private static void SetParameter(ZstdCompressionContext context, int parameter, int value)
    {
        var result = LibZstd.SetParameter(context, parameter, value);
        if (LibZstd.IsError(result))
        {
            throw new InvalidOperationException($"This Zstandard library does not know parameter {parameter}.");
        }
    }
}
