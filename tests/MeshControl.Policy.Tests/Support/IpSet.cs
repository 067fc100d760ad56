using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Support;

/// <summary>A set of addresses of both families, however it was written down.</summary>
internal sealed class IpSet
{
    private readonly List<(int Width, UInt128 First, UInt128 Last)> _ranges = [];

    /// <param name="entries"><c>*</c>, addresses, prefixes, and ranges <c>a-b</c>.</param>
    public IpSet(IEnumerable<string> entries)
    {
        foreach (var range in entries.SelectMany(Ranges).Order())
        {
            if (_ranges.Count > 0 && _ranges[^1] is var last && last.Width == range.Width
                && (range.First <= last.Last || range.First - 1 == last.Last))
            {
                _ranges[^1] = last with { Last = UInt128.Max(last.Last, range.Last) };
            }
            else
            {
                _ranges.Add(range);
            }
        }
    }

    public bool Contains(IPAddress address)
    {
        var (width, value) = Value(address);
        return _ranges.Exists(range => range.Width == width && range.First <= value && value <= range.Last);
    }

    public bool Overlaps(IpPrefix prefix)
    {
        var (width, first, last) = RangeOf(prefix);
        return _ranges.Exists(range => range.Width == width && range.First <= last && first <= range.Last);
    }

    /// <summary>Disjoint ranges, sorted and joined where they touch: sets that are the same give the same text.</summary>
    public override string ToString() => string.Join(' ', _ranges.Select(range => range.First == range.Last
        ? Text(range.Width, range.First)
        : $"{Text(range.Width, range.First)}-{Text(range.Width, range.Last)}"));

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

        return [RangeOf(entry.Contains('/', StringComparison.Ordinal) ? IpPrefix.Parse(entry) : IpPrefix.Single(IPAddress.Parse(entry)))];
    }

    private static (int Width, UInt128 First, UInt128 Last) RangeOf(IpPrefix prefix)
    {
        var (width, value) = Value(prefix.Address);
        var rest = prefix.Length == 0 ? (width == 32 ? uint.MaxValue : UInt128.MaxValue) : (UInt128.One << (width - prefix.Length)) - 1;
        return (width, value & ~rest, value | rest);
    }

    private static (int Width, UInt128 Value) Value(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? (128, BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : (32, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    private static string Text(int width, UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(width == 32 ? bytes.AsSpan(12) : bytes).ToString();
    }
}
