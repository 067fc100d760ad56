using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Control.Json;

namespace MeshControl.Protocol.Control;

/// <summary>
/// An address with a prefix length, such as <c>fd7a:115c:a1e0::1/128</c>. Host bits are kept as they came (clients accept
/// them, packet filters do not: see <see cref="Masked"/>). The default value is no prefix at all.
/// </summary>
[JsonConverter(typeof(IpPrefixConverter))]
public readonly struct IpPrefix : IEquatable<IpPrefix>, IComparable<IpPrefix>
{
    private const int BitsV4 = 32;
    private const int BitsV6 = 128;

    private readonly UInt128 _bits;
    private readonly byte _length;
    private readonly byte _width;

    private IpPrefix(UInt128 bits, int length, int width) => (_bits, _length, _width) = (bits, (byte)length, (byte)width);

    /// <exception cref="ArgumentOutOfRangeException">The length does not fit the address family.</exception>
    public IpPrefix(IPAddress address, int length)
    {
        _width = address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)BitsV6 : (byte)BitsV4;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _width);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        _bits = _width == BitsV6 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        _length = (byte)length;
    }

    /// <summary>False only for the default value.</summary>
    public bool IsValid => _width != 0;

    public bool IsIPv6 => _width == BitsV6;

    /// <summary>Leading bits that count.</summary>
    public int Length => _length;

    /// <summary>True for <c>/32</c> of IPv4 and <c>/128</c> of IPv6.</summary>
    public bool IsSingleAddress => IsValid && _length == _width;

    /// <summary>True for <c>0.0.0.0/0</c> and <c>::/0</c>.</summary>
    public bool IsDefaultRoute => IsValid && _length == 0;

    /// <summary>True when no bit behind the prefix is set.</summary>
    public bool IsMasked => _bits == (_bits & Mask);

    /// <summary>The address as written, host bits included.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            if (IsIPv6)
            {
                BinaryPrimitives.WriteUInt128BigEndian(bytes, _bits);
                return new IPAddress(bytes);
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_bits);
            return new IPAddress(bytes[..4]);
        }
    }

    private UInt128 Mask =>
        _length == 0 ? UInt128.Zero : (UInt128.MaxValue << (_width - _length)) & (UInt128.MaxValue >> (BitsV6 - _width));

    public static bool operator ==(IpPrefix left, IpPrefix right) => left.Equals(right);

    public static bool operator !=(IpPrefix left, IpPrefix right) => !left.Equals(right);

    public static bool operator <(IpPrefix left, IpPrefix right) => left.CompareTo(right) < 0;

    public static bool operator <=(IpPrefix left, IpPrefix right) => left.CompareTo(right) <= 0;

    public static bool operator >(IpPrefix left, IpPrefix right) => left.CompareTo(right) > 0;

    public static bool operator >=(IpPrefix left, IpPrefix right) => left.CompareTo(right) >= 0;

    /// <summary>The prefix that holds this one address.</summary>
    public static IpPrefix Single(IPAddress address) =>
        new(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? BitsV6 : BitsV4);

    /// <exception cref="FormatException">Not an address and a length separated by a slash.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an IP prefix.");

    /// <returns>False when the address is no plain address (zones included), or the length is missing, too big or zero-padded.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (slash < 0 || !IpText.TryParseAddress(text[..slash], out var address))
        {
            return false;
        }

        var digits = text[(slash + 1)..];
        var width = address.AddressFamily == AddressFamily.InterNetworkV6 ? BitsV6 : BitsV4;
        if ((digits.Length > 1 && digits[0] == '0')
            || !byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > width)
        {
            return false;
        }

        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>The same prefix with its host bits cleared.</summary>
    public IpPrefix Masked() => new(_bits & Mask, _length, _width);

    public bool Contains(IPAddress address) => IsValid && Contains(Single(address));

    /// <summary>True when every address of <paramref name="other"/> lies in this prefix.</summary>
    public bool Contains(IpPrefix other) =>
        IsValid && other._width == _width && other._length >= _length && (other._bits & Mask) == (_bits & Mask);

    public bool Overlaps(IpPrefix other) => Contains(other) || other.Contains(this);

    public bool Equals(IpPrefix other) => _bits == other._bits && _length == other._length && _width == other._width;

    public override bool Equals(object? obj) => obj is IpPrefix other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_bits, _length, _width);

    /// <summary>IPv4 before IPv6, then by address, then the wider prefix first.</summary>
    public int CompareTo(IpPrefix other)
    {
        var byWidth = _width.CompareTo(other._width);
        var byBits = byWidth != 0 ? byWidth : _bits.CompareTo(other._bits);
        return byBits != 0 ? byBits : _length.CompareTo(other._length);
    }

    public override string ToString() =>
        IsValid ? string.Create(CultureInfo.InvariantCulture, $"{IpText.Format(Address)}/{_length}") : "";
}
