using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Core.Addresses;

/// <summary>One prefix as a row of numbers: what is usable in it, and which of those is free.</summary>
internal sealed class AddressPool
{
    private static readonly (IPNetwork Range, string Why)[] Reserved =
    [
        (IPNetwork.Parse("100.100.0.0/24"), "documented as reserved"),
        (IPNetwork.Parse("100.100.100.0/24"), "holds the clients' own resolver, 100.100.100.100"),
        (IPNetwork.Parse("100.115.92.0/23"), "used by ChromeOS inside the machine"),
        (IPNetwork.Parse("fd7a:115c:a1e0::53/128"), "the clients' own resolver"),
        (IPNetwork.Parse("fd7a:115c:a1e0:b1a::/64"), "IPv4 subnets routed over IPv6"),
    ];

    private readonly AddressFamily _family;
    private readonly UInt128 _first;
    private readonly UInt128 _last;
    private readonly List<(UInt128 First, UInt128 Last)> _holes;

    public AddressPool(IPNetwork prefix)
    {
        Prefix = prefix;
        _family = prefix.BaseAddress.AddressFamily;
        var (first, last) = Bounds(prefix);

        // Neither the network's own address nor the broadcast address, unless the prefix is too small to have them.
        var hostBits = (_family == AddressFamily.InterNetwork ? 32 : 128) - prefix.PrefixLength;
        _first = hostBits > 1 ? first + 1 : first;
        _last = hostBits > 1 && _family == AddressFamily.InterNetwork ? last - 1 : last;
        _holes = [.. Reserved
            .Where(reserved => reserved.Range.BaseAddress.AddressFamily == _family)
            .Select(reserved => Bounds(reserved.Range))
            .Where(hole => hole.Last >= _first && hole.First <= _last)
            .OrderBy(hole => hole.First)];
    }

    public IPNetwork Prefix { get; }

    /// <summary>The first free address after <paramref name="cursor"/>, going round once; null when all are in use.</summary>
    public IPAddress? NextFree(IPAddress? cursor, Func<IPAddress, bool> isUsed)
    {
        var start = cursor is not null && cursor.AddressFamily == _family ? ToNumber(cursor) + 1 : _first;
        return Scan(start < _first || start > _last ? _first : start, isUsed);
    }

    /// <summary>A free address near a random place; null when all are in use.</summary>
    /// <param name="fillRandom">Fills a span with random bytes.</param>
    /// <param name="isUsed">Whether a node has the address.</param>
    public IPAddress? RandomFree(Action<Span<byte>> fillRandom, Func<IPAddress, bool> isUsed)
    {
        Span<byte> bytes = stackalloc byte[16];
        fillRandom(bytes);
        var size = _last - _first + 1;
        var offset = size == 0 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes) % size;
        return Scan(_first + offset, isUsed);
    }

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static (UInt128 First, UInt128 Last) Bounds(IPNetwork prefix)
    {
        var bits = prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var first = ToNumber(prefix.BaseAddress);
        var hostBits = bits - prefix.PrefixLength;
        return (first, hostBits == 128 ? UInt128.MaxValue : first + (UInt128.One << hostBits) - 1);
    }

    /// <summary>Ends after at most one step per address in use, one per hole and one round.</summary>
    private IPAddress? Scan(UInt128 start, Func<IPAddress, bool> isUsed)
    {
        var at = start;
        var wrapped = false;
        while (true)
        {
            foreach (var hole in _holes)
            {
                if (at >= hole.First && at <= hole.Last)
                {
                    at = hole.Last + 1;
                }
            }

            if (at > _last || at < _first)
            {
                if (wrapped)
                {
                    return null;
                }

                wrapped = true;
                at = _first;
                continue;
            }

            if (wrapped && at >= start)
            {
                return null;
            }

            var address = ToAddress(at);
            if (!isUsed(address))
            {
                return address;
            }

            at++;
        }
    }

    private IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (_family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
