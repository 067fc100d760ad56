using System.Buffers.Binary;
using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>Addresses of one family from first to last, both included.</summary>
internal readonly record struct AddressSpan(bool IsIPv6, UInt128 First, UInt128 Last)
{
    private const int BitsV4 = 32;
    private const int BitsV6 = 128;

    public static AddressSpan Of(RangeAlias range) => new(range.First.IsIPv6(), ToNumber(range.First), ToNumber(range.Last));

    public static AddressSpan Of(IpPrefix prefix)
    {
        var first = ToNumber(prefix.Masked().Address);
        var free = (prefix.IsIPv6 ? BitsV6 : BitsV4) - prefix.Length;
        var last = free == BitsV6 ? UInt128.MaxValue : first | ((UInt128.One << free) - 1);
        return new AddressSpan(prefix.IsIPv6, first, last);
    }

    /// <summary>The fewest prefixes that hold exactly these addresses, in order.</summary>
    public IEnumerable<IpPrefix> Prefixes()
    {
        var width = IsIPv6 ? BitsV6 : BitsV4;
        var first = First;
        while (true)
        {
            var free = first == 0 ? width : Math.Min(width, (int)UInt128.TrailingZeroCount(first));
            while (free > 0 && (free == BitsV6 ? UInt128.MaxValue : first + ((UInt128.One << free) - 1)) > Last)
            {
                free--;
            }

            yield return new IpPrefix(ToAddress(first), width - free);
            var last = free == BitsV6 ? UInt128.MaxValue : first + ((UInt128.One << free) - 1);
            if (last >= Last)
            {
                yield break;
            }

            first = last + 1;
        }
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(IsIPv6 ? bytes : bytes[12..]);
    }
}
