using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MeshControl.Protocol.Keys;

/// <summary>
/// The secret that the relays of one region share (32 bytes): who shows it is a relay, and no client. Never all zero, which is how the
/// protocol says "no key", so that no two relays without one take each other for friends.
/// </summary>
public sealed class DerpMeshKey : IEquatable<DerpMeshKey>
{
    /// <summary>Bytes in the key.</summary>
    public const int Length = KeyBytes.Length;

    /// <summary>Hex digits in its text.</summary>
    public const int TextLength = 2 * Length;

    private readonly KeyBytes _bytes;

    private DerpMeshKey(KeyBytes bytes) => _bytes = bytes;

    /// <summary>A fresh key from the operating system's random source.</summary>
    public static DerpMeshKey Generate()
    {
        Span<byte> secret = stackalloc byte[Length];
        RandomNumberGenerator.Fill(secret);
        try
        {
            return new DerpMeshKey(new KeyBytes(secret));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <returns>False unless the text is 64 hex digits of either case, nothing around them, that are not all zero.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DerpMeshKey? key)
    {
        key = null;
        Span<byte> secret = stackalloc byte[Length];
        try
        {
            if (text.Length != TextLength || Convert.FromHexString(text, secret, out _, out _) != OperationStatus.Done)
            {
                return false;
            }

            var bytes = new KeyBytes(secret);
            key = bytes.IsZero ? null : new DerpMeshKey(bytes);
            return key is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>In a time that tells nothing about either key.</summary>
    public bool Equals(DerpMeshKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes.Span, other._bytes.Span);

    public override bool Equals(object? obj) => Equals(obj as DerpMeshKey);

    /// <summary>The same for all: a mesh key is compared, never looked up, and a hash would tell about it.</summary>
    public override int GetHashCode() => 0;

    /// <summary>The secret itself, for the login of a relay at another one and for nothing else.</summary>
    public string ExportSecretText() => Convert.ToHexStringLower(_bytes.Span);

    /// <summary>Never the secret.</summary>
    public override string ToString() => "[redacted]";
}
