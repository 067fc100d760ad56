using System.Runtime.InteropServices;
using MeshControl.Protocol.Interop;

namespace MeshControl.Protocol.Crypto;

/// <summary>The few functions of OpenSSL's libcrypto that X25519 needs. The .NET runtime loads the same library for TLS.</summary>
internal static partial class LibCrypto
{
    /// <summary>OpenSSL's number for the key type (NID_X25519).</summary>
    public const int X25519 = 1034;

    /// <summary>What most functions return when they worked.</summary>
    public const int Success = 1;

    static LibCrypto() => NativeLibraries.EnsureResolver();

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial EvpKeyHandle NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static partial EvpKeyHandle NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_get_raw_private_key")]
    public static partial int GetRawPrivateKey(EvpKeyHandle key, Span<byte> destination, ref nuint length);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int GetRawPublicKey(EvpKeyHandle key, Span<byte> destination, ref nuint length);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_CTX_new")]
    public static partial EvpKeyContextHandle NewKeyContext(EvpKeyHandle key, nint engine);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_CTX_free")]
    public static partial void FreeKeyContext(nint context);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_derive_init")]
    public static partial int DeriveInit(EvpKeyContextHandle context);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_derive_set_peer")]
    public static partial int DeriveSetPeer(EvpKeyContextHandle context, EvpKeyHandle peer);

    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "EVP_PKEY_derive")]
    public static partial int Derive(EvpKeyContextHandle context, Span<byte> secret, ref nuint length);

    /// <summary>Empties the thread's error queue. Errors left there would surface in unrelated calls, TLS included.</summary>
    [LibraryImport(NativeLibraries.Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();
}
