using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Crypto;

/// <summary>Owns an <c>EVP_PKEY</c>. OpenSSL overwrites the key material when it frees one.</summary>
internal sealed class EvpKeyHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeKey(handle);
        return true;
    }
}
