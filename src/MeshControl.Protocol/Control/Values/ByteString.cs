using System.Text.Json.Serialization;
using MeshControl.Protocol.Control.Json;

namespace MeshControl.Protocol.Control;

/// <summary>Immutable bytes that compare by content; base64 with padding in JSON. No bytes and <c>null</c> are the same.</summary>
[JsonConverter(typeof(ByteStringConverter))]
public readonly struct ByteString : IEquatable<ByteString>
{
    private readonly byte[]? _bytes;

    /// <summary>Copies the bytes.</summary>
    public ByteString(ReadOnlySpan<byte> bytes) => _bytes = bytes.IsEmpty ? null : bytes.ToArray();

    public bool IsEmpty => _bytes is null;

    public int Length => _bytes?.Length ?? 0;

    public ReadOnlySpan<byte> Span => _bytes;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToBase64String(Span);
}
