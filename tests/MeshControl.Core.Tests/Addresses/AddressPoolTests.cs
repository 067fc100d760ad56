using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using MeshControl.Core.Addresses;

namespace MeshControl.Core.Tests.Addresses;

/// <summary>Which address a node gets: never one in use, never one that means something else.</summary>
public sealed class AddressPoolTests
{
    private static readonly Func<IPAddress, bool> AllFree = _ => false;

    [Theory]
    [InlineData("100.64.0.0/10", null, "100.64.0.1")]
    [InlineData("100.64.0.0/10", "100.64.0.1", "100.64.0.2")]
    [InlineData("100.64.0.0/10", "100.64.0.255", "100.64.1.0")]
    [InlineData("100.64.0.0/10", "100.127.255.254", "100.64.0.1")]
    [InlineData("100.64.0.0/10", "10.0.0.1", "100.64.0.1")]
    [InlineData("100.64.0.0/10", "fd7a::1", "100.64.0.1")]
    [InlineData("100.64.0.0/10", "100.99.255.255", "100.100.1.0")]
    [InlineData("100.64.0.0/10", "100.100.99.255", "100.100.101.0")]
    [InlineData("100.64.0.0/10", "100.100.100.100", "100.100.101.0")]
    [InlineData("100.64.0.0/10", "100.115.91.255", "100.115.94.0")]
    [InlineData("fd7a:115c:a1e0::/48", null, "fd7a:115c:a1e0::1")]
    [InlineData("fd7a:115c:a1e0::/48", "fd7a:115c:a1e0::52", "fd7a:115c:a1e0::54")]
    [InlineData("fd7a:115c:a1e0::/48", "fd7a:115c:a1e0:b19:ffff:ffff:ffff:ffff", "fd7a:115c:a1e0:b1b::")]
    [InlineData("fd7a:115c:a1e0::/48", "fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff", "fd7a:115c:a1e0::1")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1")]
    public void NextFree_Sequential_SkipsWhatIsReservedAndGoesRound(string prefix, string? cursor, string expected)
    {
        var pool = new AddressPool(IPNetwork.Parse(prefix));

        Assert.Equal(IPAddress.Parse(expected), pool.NextFree(cursor is null ? null : IPAddress.Parse(cursor), AllFree));
    }

    [Fact]
    public void NextFree_SomeInUse_IsTheNextThatIsNot()
    {
        var used = Enumerable.Range(1, 500).Select(number => Address(number)).ToHashSet();
        var pool = new AddressPool(IPNetwork.Parse("100.64.0.0/16"));

        Assert.Equal(Address(501), pool.NextFree(null, used.Contains));
        Assert.Equal(Address(501), pool.NextFree(Address(17), used.Contains));
        used.Remove(Address(3));
        Assert.Equal(Address(501), pool.NextFree(Address(3), used.Contains));
        Assert.Equal(Address(3), pool.NextFree(Address(65534), used.Contains));
    }

    [Theory]
    [InlineData("100.64.0.0/30", "100.64.0.1", "100.64.0.2")]
    [InlineData("100.64.0.0/31", "100.64.0.0", "100.64.0.1")]
    [InlineData("100.64.0.7/32", "100.64.0.7")]
    [InlineData("fd7a:115c:a1e0::/127", "fd7a:115c:a1e0::", "fd7a:115c:a1e0::1")]
    [InlineData("fd7a:115c:a1e0::9/128", "fd7a:115c:a1e0::9")]
    [InlineData("fd7a:115c:a1e0::/126", "fd7a:115c:a1e0::1", "fd7a:115c:a1e0::2", "fd7a:115c:a1e0::3")]
    [InlineData("100.100.100.0/24")]
    [InlineData("100.115.92.0/23")]
    [InlineData("fd7a:115c:a1e0::53/128")]
    [InlineData("100.115.93.252/30")]
    public void Both_TinyPrefix_GivesEachOnceAndThenNone(string prefix, params string[] expected)
    {
        var network = IPNetwork.Parse(prefix);
        Assert.Equal(expected, Drain(pool => used => pool.NextFree(used.LastOrDefault(), used.Contains)));
        var random = new Random(4);
        Assert.Equal(expected, Drain(pool => used => pool.RandomFree(random.NextBytes, used.Contains)).Order(StringComparer.Ordinal));

        List<string> Drain(Func<AddressPool, Func<List<IPAddress>, IPAddress?>> choose)
        {
            var (pool, used) = (new AddressPool(network), new List<IPAddress>());
            while (choose(pool)(used) is { } address)
            {
                Assert.DoesNotContain(address, used);
                used.Add(address);
            }

            return [.. used.Select(address => address.ToString())];
        }
    }

    [Fact]
    public void NextFree_WholePrefixDrained_GivesEveryUsableAddressOnce()
    {
        var pool = new AddressPool(IPNetwork.Parse("100.100.96.0/20"));
        var used = new HashSet<IPAddress>();
        IPAddress? cursor = IPAddress.Parse("100.100.105.7");
        while (pool.NextFree(cursor, used.Contains) is { } address)
        {
            Assert.True(used.Add(address));
            cursor = address;
        }

        // All but network, broadcast and the 256 around the clients' resolver.
        Assert.Equal(4096 - 2 - 256, used.Count);
        Assert.DoesNotContain(IPAddress.Parse("100.100.100.100"), used);
    }

    [Theory]
    [InlineData("100.64.0.0/10")]
    [InlineData("fd7a:115c:a1e0::/48")]
    [InlineData("10.1.2.0/29")]
    [InlineData("::/0")]
    [InlineData("0.0.0.0/0")]
    public void RandomFree_ManyDraws_StayInsideAndAreNeverInUse(string prefix)
    {
        var network = IPNetwork.Parse(prefix);
        var pool = new AddressPool(network);
        var random = new Random(9);
        var used = new HashSet<IPAddress>();
        for (var draw = 0; draw < 2000 && pool.RandomFree(random.NextBytes, used.Contains) is { } address; draw++)
        {
            Assert.True(network.Contains(address));
            Assert.True(used.Add(address));
            Assert.DoesNotContain(Reserved, range => range.Contains(address));
        }

        Assert.Equal(prefix == "10.1.2.0/29" ? 6 : 2000, used.Count);
    }

    [Fact]
    public void RandomFree_HugePrefix_IsSpread()
    {
        var pool = new AddressPool(IPNetwork.Parse("fd7a:115c:a1e0::/48"));
        var random = new Random(9);

        var subnets = Enumerable.Range(0, 1000)
            .Select(_ => BinaryPrimitives.ReadUInt16BigEndian(pool.RandomFree(random.NextBytes, AllFree)!.GetAddressBytes().AsSpan(6)))
            .ToArray();

        Assert.True(subnets.Distinct().Count() > 900, "Addresses cluster in few subnets.");
        Assert.InRange(subnets.Average(value => (double)value), 28_000, 37_000);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xff)]
    public void RandomFree_ExtremeRandomness_StaysInside(byte value)
    {
        foreach (var prefix in new[] { "100.64.0.0/10", "fd7a:115c:a1e0::/48", "::/0", "100.64.0.0/30", "fd7a::/127" })
        {
            var network = IPNetwork.Parse(prefix);

            Assert.True(network.Contains(new AddressPool(network).RandomFree(bytes => bytes.Fill(value), AllFree)!));
        }
    }

    private static readonly IPNetwork[] Reserved =
    [
        IPNetwork.Parse("100.100.0.0/24"),
        IPNetwork.Parse("100.100.100.0/24"),
        IPNetwork.Parse("100.115.92.0/23"),
        IPNetwork.Parse("fd7a:115c:a1e0:b1a::/64"),
        IPNetwork.Parse("fd7a:115c:a1e0::53/128"),
    ];

    private static IPAddress Address(int number) => new(new BigInteger(0x64400000 + number).ToByteArray(isUnsigned: true, isBigEndian: true));
}
