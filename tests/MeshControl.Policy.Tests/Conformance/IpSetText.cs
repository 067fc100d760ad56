using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>Sets of addresses in one spelling, so that two lists which mean the same become the same text.</summary>
internal static class IpSetText
{
    /// <summary>Disjoint ranges of both families, sorted and joined where they touch.</summary>
    /// <param name="entries"><c>*</c>, addresses, prefixes, and ranges <c>a-b</c>.</param>
    public static string Of(IEnumerable<string> entries)
    {
        var ranges = entries.SelectMany(Ranges).Order().ToList();
        var joined = new List<(int Width, UInt128 First, UInt128 Last)>();
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Width == range.Width
                && (range.First <= last.Last || range.First - 1 == last.Last))
            {
                joined[^1] = last with { Last = UInt128.Max(last.Last, range.Last) };
            }
            else
            {
                joined.Add(range);
            }
        }

        return string.Join(' ', joined.Select(range => range.First == range.Last
            ? Address(range.Width, range.First)
            : $"{Address(range.Width, range.First)}-{Address(range.Width, range.Last)}"));
    }

    /// <summary>True when the address is in one of the entries.</summary>
    public static bool Holds(IEnumerable<string> entries, IPAddress address)
    {
        var (width, value) = Value(address);
        return entries.SelectMany(Ranges).Any(range => range.Width == width && range.First <= value && value <= range.Last);
    }

    private static IEnumerable<(int Width, UInt128 First, UInt128 Last)> Ranges(string entry)
    {
        if (entry == "*")
        {
            return [(32, UInt128.Zero, uint.MaxValue), (128, UInt128.Zero, UInt128.MaxValue)];
        }

        if (entry.Split('-') is [var from, var to])
        {
            var (first, last) = (Value(IPAddress.Parse(from)), Value(IPAddress.Parse(to)));
            return [(first.Width, first.Value, last.Value)];
        }

        var prefix = entry.Contains('/', StringComparison.Ordinal) ? IpPrefix.Parse(entry) : IpPrefix.Single(IPAddress.Parse(entry));
        var (width, value) = Value(prefix.Address);
        var rest = prefix.Length == 0 ? (width == 32 ? uint.MaxValue : UInt128.MaxValue) : (UInt128.One << (width - prefix.Length)) - 1;
        return [(width, value & ~rest, value | rest)];
    }

    private static (int Width, UInt128 Value) Value(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? (128, BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : (32, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    private static string Address(int width, UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(width == 32 ? bytes.AsSpan(12) : bytes)}");
    }
}
