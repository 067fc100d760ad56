using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Crypto;

/// <summary>Owns an <c>EVP_PKEY_CTX</c>: the state of one operation with a key, never shared between threads.</summary>
internal sealed class EvpKeyContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeKeyContext(handle);
        return true;
    }
}
