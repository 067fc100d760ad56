using System.Collections.Immutable;
using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>What a policy makes of the addresses of a node one by one, which its class does not tell.</summary>
/// <param name="Usable">Families of the addresses that it talks by.</param>
/// <param name="Asked">Those of them that are asked about.</param>
/// <param name="ByIPv4">Selectors that the IPv4 address matches.</param>
/// <param name="ByIPv6">Selectors that the IPv6 address matches.</param>
internal sealed record NodeAddresses(AddressFamilies Usable, AddressFamilies Asked, Bits ByIPv4, Bits ByIPv6)
{
    private static readonly AddressFamilies[] Families = [AddressFamilies.IPv4, AddressFamilies.IPv6];

    /// <param name="map">Where the node is.</param>
    /// <param name="node">The node.</param>
    /// <param name="asked">Addresses that are meant; empty: all of the node.</param>
    public static NodeAddresses Of(AccessMap map, PolicyNode node, ImmutableArray<IpPrefix> asked)
    {
        var v4 = map.LosesIPv4(node.Index) ? null : node.IPv4;
        return new NodeAddresses(
            Where(_ => true),
            Where(address => asked.IsEmpty || asked.Any(prefix => prefix.Contains(address))),
            Matching(v4),
            Matching(node.IPv6));

        AddressFamilies Where(Func<IPAddress, bool> isMeant) =>
            (v4 is not null && isMeant(v4) ? AddressFamilies.IPv4 : AddressFamilies.None)
            | (node.IPv6 is not null && isMeant(node.IPv6) ? AddressFamilies.IPv6 : AddressFamilies.None);

        Bits Matching(IPAddress? address) => address is null ? Bits.None : map.Compiled.Selectors.MatchingAddress(address);
    }

    /// <summary>An address without a node.</summary>
    public static NodeAddresses Of(IpPrefix address)
    {
        var family = FamilyOf(address);
        return new NodeAddresses(family, family, Bits.None, Bits.None);
    }

    /// <summary>Everything behind an exit node.</summary>
    public static NodeAddresses OfExit(PolicyNode node)
    {
        var families = node.ApprovedRoutes.Where(route => route.IsDefaultRoute)
            .Aggregate(AddressFamilies.None, (all, route) => all | FamilyOf(route));
        return new NodeAddresses(families, families, Bits.None, Bits.None);
    }

    private static AddressFamilies FamilyOf(IpPrefix address) => address.IsIPv6 ? AddressFamilies.IPv6 : AddressFamilies.IPv4;

    /// <summary>The families one by one.</summary>
    public static IEnumerable<AddressFamilies> Each(AddressFamilies families) => Families.Where(family => families.HasFlag(family));

    /// <summary>Families of the addresses that match one of some selectors.</summary>
    public AddressFamilies Matching(Bits selectors) =>
        (ByIPv4.Intersects(selectors) ? AddressFamilies.IPv4 : AddressFamilies.None)
        | (ByIPv6.Intersects(selectors) ? AddressFamilies.IPv6 : AddressFamilies.None);

    /// <summary>Families of the addresses that match a selector.</summary>
    public AddressFamilies Matching(int selector) =>
        (ByIPv4.Has(selector) ? AddressFamilies.IPv4 : AddressFamilies.None)
        | (ByIPv6.Has(selector) ? AddressFamilies.IPv6 : AddressFamilies.None);
}
