using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>Nodes of one class, or an address, where traffic comes from.</summary>
/// <param name="Key">Null for an address that no node has.</param>
/// <param name="Nodes">Empty for such an address.</param>
/// <param name="Address">Null for nodes.</param>
/// <param name="Addresses">What the policy makes of the nodes' addresses, or of the one.</param>
internal sealed record SourceEnd(ClassKey? Key, ImmutableArray<PolicyNode> Nodes, IpPrefix? Address, NodeAddresses Addresses)
{
    /// <summary>An address that no node has.</summary>
    public static SourceEnd At(IpPrefix address) => new(null, [], address, NodeAddresses.Of(address));

    /// <summary>By which addresses it is among the sources of a rule, narrowed to the nodes of a user where the rule is.</summary>
    public AddressFamilies FamiliesIn(AccessMap map, SourceExpression sources, bool withinOwner, long? owner)
    {
        if (!Matches(map, sources, withinOwner, owner))
        {
            return AddressFamilies.None;
        }

        return Key is null || sources.MatchesEveryNode || sources.Lists(Key) ? Addresses.Usable : Addresses.Matching(sources.Selectors);
    }

    /// <summary>Whether it is among the sources of a rule, by whichever address.</summary>
    public bool Matches(AccessMap map, SourceExpression sources, bool withinOwner, long? owner)
    {
        if (withinOwner && (Key?.Owner is null || Key.Owner != owner))
        {
            return false;
        }

        if (Key is not null)
        {
            return sources.MatchesEveryNode || sources.IsNode(Key);
        }

        var address = Address!.Value;
        return sources.DangerAll
            || sources.Prefixes.Any(prefix => prefix.Contains(address))
            || (sources.Wildcard && (map.Tailnet.Prefixes.Any(prefix => prefix.Contains(address))
                || map.Nodes.SelectMany(RouteTable.SubnetRoutes).Any(route => route.Contains(address))));
    }
}
