using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Compression;

/// <summary>Owns a native decompression context: working memory that serves one call at a time.</summary>
internal sealed class ZstdDecompressionContext() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibZstd.FreeDecompressionContext(handle);
        return true;
    }
}
