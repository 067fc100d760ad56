using System.Security.Cryptography;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// HMAC (RFC 2104) over BLAKE2s, which is not BLAKE2's own keyed mode, and HKDF (RFC 5869) on top of it, as Noise wants them.
/// </summary>
internal static class HmacBlake2s
{
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5C;

    /// <summary>Authenticates two spans as if they were one. The key has at most one hash block (64 bytes).</summary>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Blake2s.BlockLength, nameof(key));
        Span<byte> pad = stackalloc byte[Blake2s.BlockLength];
        Span<byte> inner = stackalloc byte[Blake2s.HashLength];

        FillPad(pad, key, InnerPad);
        var hash = Blake2s.Create();
        hash.Update(pad);
        hash.Update(first);
        hash.Update(second);
        hash.Finish(inner);

        FillPad(pad, key, OuterPad);
        hash = Blake2s.Create();
        hash.Update(pad);
        hash.Update(inner);
        hash.Finish(mac);

        CryptographicOperations.ZeroMemory(pad);
        CryptographicOperations.ZeroMemory(inner);
    }

    /// <summary>HKDF with an empty info and 64 bytes of output, as two keys of 32. The outputs may overwrite the inputs.</summary>
    public static void DeriveTwo(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> keyMaterial, Span<byte> firstKey, Span<byte> secondKey)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[Blake2s.HashLength];
        Compute(salt, keyMaterial, [], pseudoRandomKey);
        Compute(pseudoRandomKey, [1], [], firstKey);
        Compute(pseudoRandomKey, firstKey, [2], secondKey);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }
    private static void FillPad(Span<byte> pad, ReadOnlySpan<byte> key, byte value)
    {
        pad.Fill(value);
        for (var i = 0; i < key.Length; i++)
        {
            pad[i] ^= key[i];
        }
    }
}
