using System.Collections.Immutable;
using System.Net;

namespace MeshControl.Policy.Language;

/// <summary>What <c>autogroup:internet</c> stands for: everything but private, shared and link-local addresses, and 2000::/3.</summary>
public static class PublicAddressSpace
{
    public static ImmutableArray<RangeAlias> Ranges { get; } =
    [
        Range("0.0.0.0", "9.255.255.255"),
        Range("11.0.0.0", "100.63.255.255"),
        Range("100.128.0.0", "169.253.255.255"),
        Range("169.255.0.0", "172.15.255.255"),
        Range("172.32.0.0", "192.167.255.255"),
        Range("192.169.0.0", "255.255.255.255"),
        Range("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];

    private static RangeAlias Range(string first, string last) => new(IPAddress.Parse(first), IPAddress.Parse(last));
}
