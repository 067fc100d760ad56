using System.Runtime.InteropServices;
using MeshControl.Protocol.Interop;

namespace MeshControl.Protocol.Compression;

/// <summary>
/// The few functions of libzstd that are used, all of its stable interface. A size may be an error instead: see <see cref="IsError"/>.
/// </summary>
internal static partial class LibZstd
{
    // enum ZSTD_cParameter
    public const int CompressionLevel = 100;
    public const int ContentSizeFlag = 200;
    public const int ChecksumFlag = 201;

    /// <summary>The frame does not say how long its content is (ZSTD_CONTENTSIZE_UNKNOWN).</summary>
    public const ulong ContentSizeUnknown = ulong.MaxValue;

    /// <summary>The bytes are not the start of a frame (ZSTD_CONTENTSIZE_ERROR).</summary>
    public const ulong ContentSizeError = ulong.MaxValue - 1;

    /// <summary>ZSTD_error_dstSize_tooSmall.</summary>
    public const int DestinationTooSmall = 70;

    static LibZstd() => NativeLibraries.EnsureResolver();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial ZstdCompressionContext CreateCompressionContext();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressionContext(nint context);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetParameter(ZstdCompressionContext context, int parameter, int value);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_compress2")]
    public static partial nuint Compress(
        ZstdCompressionContext context, Span<byte> destination, nuint capacity, ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint length);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial ZstdDecompressionContext CreateDecompressionContext();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressionContext(nint context);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_decompressDCtx")]
    public static partial nuint Decompress(
        ZstdDecompressionContext context, Span<byte> destination, nuint capacity, ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_findFrameCompressedSize")]
    public static partial nuint FindFrameLength(ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_getFrameContentSize")]
    public static partial ulong GetFrameContentSize(ReadOnlySpan<byte> source, nuint length);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_getErrorCode")]
    public static partial int GetErrorCode(nuint result);

    public static bool IsError(nuint result) => GetErrorCode(result) != 0;
}
