using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MeshControl.Protocol.Keys;

/// <summary>32 bytes by value: what every public key of the protocol is made of. All zero means "no key".</summary>
[InlineArray(Length)]
public struct KeyBytes : IEquatable<KeyBytes>
{
    /// <summary>Bytes in a key.</summary>
    public const int Length = 32;

    private byte _first;

    /// <summary>Copies exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public KeyBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A key has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Span => this;

    public readonly bool IsZero => Equals(default);

    public static bool operator ==(KeyBytes left, KeyBytes right) => left.Equals(right);

    public static bool operator !=(KeyBytes left, KeyBytes right) => !left.Equals(right);

    public readonly bool Equals(KeyBytes other) => Span.SequenceEqual(other.Span);

    public override readonly bool Equals(object? obj) => obj is KeyBytes other && Equals(other);

    /// <summary>Over all bytes and seeded per process: clients choose their keys, and could choose many that collide.</summary>
    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }
}
