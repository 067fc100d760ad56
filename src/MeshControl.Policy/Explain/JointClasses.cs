using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>
/// The nodes of a tailnet as two policies tell them apart, and what counts as a source besides: addresses that the policies name and no
/// node has. Sets of sources are sets of numbers, those of the classes first.
/// </summary>
internal sealed class JointClasses
{
    private JointClasses(AccessMap before, AccessMap after, ImmutableArray<JointClass> classes, ImmutableArray<IpPrefix> addresses)
    {
        (Before, After, All, Addresses) = (before, after, classes, addresses);
        foreach (var joint in classes)
        {
            if (joint.Owner(before, after) is { } owner)
            {
                OwnedBy[owner] = OwnedBy.GetValueOrDefault(owner).With(joint.Id);
            }
        }
    }

    public AccessMap Before { get; }

    public AccessMap After { get; }

    public ImmutableArray<JointClass> All { get; }

    /// <summary>Number <c>All.Length + n</c> is the n-th.</summary>
    public ImmutableArray<IpPrefix> Addresses { get; }

    /// <summary>The classes of each user's nodes, where one of the policies keeps users apart.</summary>
    public Dictionary<long, Bits> OwnedBy { get; } = [];

    /// <param name="before">A policy.</param>
    /// <param name="after">Another one, for the same nodes.</param>
    /// <param name="addresses">At most so many; more would not be read.</param>
    public static JointClasses Of(AccessMap before, AccessMap after, int addresses)
    {
        var classes = before.Nodes
            .GroupBy(node => (Before: before.ClassAt(node.Index), After: after.ClassAt(node.Index)))
            .Where(group => group.Key is { Before: >= 0, After: >= 0 })
            .Select((group, id) => new JointClass(id, group.Key.Before, group.Key.After, [.. group]))
            .ToImmutableArray();
        var known = before.Nodes.SelectMany(AccessMap.AddressesOf).Select(IpPrefix.Single).ToHashSet();
        return new JointClasses(
            before,
            after,
            classes,
            [
                .. new[] { before, after }.SelectMany(map => map.Compiled.Expressions).SelectMany(sources => sources.Prefixes)
                    .Distinct().Where(prefix => !known.Contains(prefix)).Order().Take(addresses),
            ]);
    }
}
