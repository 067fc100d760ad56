using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Derp;

/// <summary>The keys of the known answers, which were computed with an independent implementation.</summary>
internal static class DerpVectors
{
    public const string ServerPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    public const string APublic = "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c";
    public const string BPublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    public static X25519PrivateKey Server() => X25519PrivateKey.Import(Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));

    public static X25519PrivateKey A() => X25519PrivateKey.Import(Hex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"));

    public static NodePublicKey Node(string hex) => new(new KeyBytes(Hex(hex)));

    /// <summary>Hex digits, with spaces wherever they help the reader.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    /// <summary>24 bytes that count up.</summary>
    public static byte[] Nonce(byte first) => [.. Enumerable.Range(first, 24).Select(value => (byte)value)];
}
