using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MeshControl.Protocol.Stun;

/// <summary>The 12 bytes by which a client knows which of its requests an answer belongs to.</summary>
[InlineArray(Length)]
public struct StunTransactionId : IEquatable<StunTransactionId>
{
    /// <summary>Bytes in a transaction id.</summary>
    public const int Length = 12;

    private byte _first;

    /// <summary>Copies exactly 12 bytes.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public StunTransactionId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A transaction id has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Span => this;

    public static bool operator ==(StunTransactionId left, StunTransactionId right) => left.Equals(right);

    public static bool operator !=(StunTransactionId left, StunTransactionId right) => !left.Equals(right);

    public readonly bool Equals(StunTransactionId other) => Span.SequenceEqual(other.Span);

    public override readonly bool Equals(object? obj) => obj is StunTransactionId other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }
}
