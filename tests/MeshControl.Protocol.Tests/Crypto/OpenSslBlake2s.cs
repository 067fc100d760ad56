using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>BLAKE2s-256 and HMAC over it as OpenSSL computes them: the foreign implementation that ours is compared with.</summary>
internal static partial class OpenSslBlake2s
{
    private const string Library = "libcrypto.so.3";
    private const string Algorithm = "BLAKE2S-256";
    private const int DigestLength = 32;
    private const int Success = 1;

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var digest = new byte[DigestLength];
        var length = (nuint)digest.Length;
        Assert.Equal(Success, QuickDigest(0, Algorithm, null, data, (nuint)data.Length, digest, ref length));
        Assert.Equal((nuint)DigestLength, length);
        return digest;
    }

    public static byte[] Hmac(byte[] key, ReadOnlySpan<byte> data)
    {
        var mac = new byte[DigestLength];
        // OpenSSL takes an absent key for a mistake, so even an empty one needs an address.
        var keyWithAddress = key.Length == 0 ? new byte[1] : key;
        var result = QuickMac(
            0, "HMAC", null, Algorithm, 0, keyWithAddress, (nuint)key.Length, data, (nuint)data.Length, mac, DigestLength, out var length);
        Assert.NotEqual(0, result);
        Assert.Equal((nuint)DigestLength, length);
        return mac;
    }

    [LibraryImport(Library, EntryPoint = "EVP_Q_digest", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int QuickDigest(
        nint library, string name, string? properties, ReadOnlySpan<byte> data, nuint dataLength, Span<byte> digest, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_Q_mac", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint QuickMac(
        nint library,
        string name,
        string? properties,
        string subAlgorithm,
        nint parameters,
        ReadOnlySpan<byte> key,
        nuint keyLength,
        ReadOnlySpan<byte> data,
        nuint dataLength,
        Span<byte> mac,
        nuint macSize,
        out nuint macLength);
}
