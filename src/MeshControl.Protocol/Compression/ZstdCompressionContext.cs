using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Compression;

/// <summary>Owns a native compression context: working memory that serves one call at a time.</summary>
internal sealed class ZstdCompressionContext() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibZstd.FreeCompressionContext(handle);
        return true;
    }
}
