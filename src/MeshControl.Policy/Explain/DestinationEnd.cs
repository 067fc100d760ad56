using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>Nodes of one class, or an address behind one of them, where traffic goes to.</summary>
/// <param name="Key">Of the nodes, or of the router.</param>
/// <param name="Nodes">The nodes, or the router alone.</param>
/// <param name="Address">What is behind the router; null for the nodes themselves, and for the internet.</param>
/// <param name="Route">The router's route to the address; the default route for an exit node. Null for the nodes themselves.</param>
/// <param name="Addresses">What the policy makes of the nodes' addresses, or of what is behind the router.</param>
internal sealed record DestinationEnd(ClassKey Key, ImmutableArray<PolicyNode> Nodes, IpPrefix? Address, IpPrefix? Route, NodeAddresses Addresses)
{
    private static readonly ImmutableArray<IpPrefix> PublicAddresses =
        [.. PublicAddressSpace.Ranges.SelectMany(range => AddressRanges.ToPrefixes(range.First, range.Last))];

    public bool IsNode => Route is null;

    public bool IsExit => Route is { IsDefaultRoute: true };

    /// <summary>Whether a public address; such a one is reached by exit nodes.</summary>
    public static bool IsPublic(IpPrefix address) => PublicAddresses.Any(prefix => prefix.Contains(address));

    /// <summary>By which addresses a destination of a rule covers this one, of those that concern the class at all.</summary>
    public AddressFamilies FamiliesIn(RuleTemplate rule, RuleTarget target)
    {
        if (!IsIn(rule, target))
        {
            return AddressFamilies.None;
        }

        return IsNode && target.Kind == RuleTargetKind.Addresses ? Addresses.Matching(target.Selector) : Addresses.Usable;
    }

    /// <summary>Whether a destination of a rule covers this one, by whichever address.</summary>
    public bool IsIn(RuleTemplate rule, RuleTarget target)
    {
        if (IsNode)
        {
            return !rule.HasVia && target.Kind switch
            {
                RuleTargetKind.Addresses => Key.ByNode.Has(target.Selector),
                RuleTargetKind.Internet => false,
                _ => true,
            };
        }

        return target.Kind switch
        {
            RuleTargetKind.Everything => true,
            RuleTargetKind.Internet => IsExit,
            RuleTargetKind.Addresses => Address is { } address && target.Prefixes.Any(prefix => prefix.Contains(address)),
            _ => false,
        };
    }
}
