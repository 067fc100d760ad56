using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Ranges of addresses as the prefixes they are made of.</summary>
internal static class AddressRanges
{
    /// <summary>The fewest prefixes that cover the range, in ascending order; nothing when the families differ or the range is inverted.</summary>
    public static IEnumerable<IpPrefix> ToPrefixes(IPAddress first, IPAddress last)
    {
        if (first.AddressFamily != last.AddressFamily)
        {
            yield break;
        }

        var width = first.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var (from, to) = (ToNumber(first), ToNumber(last));
        while (from <= to)
        {
            // As wide as the alignment of its first address allows, but not beyond the end.
            var bits = from == 0 ? width : Math.Min(width, (int)UInt128.TrailingZeroCount(from));
            while (bits > 0 && (bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1) > to - from)
            {
                bits--;
            }

            yield return new IpPrefix(ToAddress(from, width), width - bits);
            var next = bits >= 128 ? UInt128.Zero : from + (UInt128.One << bits);
            if (next <= from)
            {
                yield break;
            }

            from = next;
        }
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static IPAddress ToAddress(UInt128 number, int width)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (width == 128)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
            return new IPAddress(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        return new IPAddress(bytes[..4]);
    }
}
