using System.Buffers.Binary;

namespace MeshControl.Protocol.Stun;

/// <summary>
/// Walks the attributes of a message: two bytes of type, two of length, the value, and bytes that fill it up to a multiple of four (RFC 8489
/// section 14). The length in the message's header is not looked at: the datagram has one.
/// </summary>
internal ref struct StunAttributes(ReadOnlySpan<byte> attributes)
{
    public const int HeaderLength = 4;

    private const int Alignment = 4;

    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>True as long as <see cref="MoveNext"/> has not come to an attribute that goes beyond the end.</summary>
    public bool IsWhole { get; private set; } = true;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        IsWhole = false;
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        var padded = (length + Alignment - 1) & ~(Alignment - 1);
        if (padded > _rest.Length - HeaderLength)
        {
            return false;
        }

        Type = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        Value = _rest.Slice(HeaderLength, length);
        _rest = _rest[(HeaderLength + padded)..];
        IsWhole = true;
        return true;
    }
}
