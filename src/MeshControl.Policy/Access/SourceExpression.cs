using System.Collections.Immutable;
using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>The sources of a rule. Rules that name the same sources share one.</summary>
internal sealed class SourceExpression
{
    /// <summary>Position in the list of all expressions of the policy.</summary>
    public required int Number { get; init; }

    /// <summary>Whatever matches one of them is a source.</summary>
    public required Bits Selectors { get; init; }

    /// <summary>Those of <see cref="Selectors"/> that stand for nodes, whose addresses are listed.</summary>
    public required Bits Listed { get; init; }

    /// <summary>One of them must match as well; empty: no condition.</summary>
    public required Bits Postures { get; init; }

    /// <summary>Addresses, prefixes and ranges that are sources as they are written, in wire form.</summary>
    public required ImmutableArray<string> Literals { get; init; }

    /// <summary>What <see cref="Literals"/> cover.</summary>
    public required ImmutableArray<IpPrefix> Prefixes { get; init; }

    /// <summary>The addresses of the tailnet and what its routers forward are sources: <c>*</c>.</summary>
    public required bool Wildcard { get; init; }

    /// <summary>Every address there is: <c>autogroup:danger-all</c>.</summary>
    public required bool DangerAll { get; init; }

    /// <summary>Every node is a source, now and later.</summary>
    public bool MatchesEveryNode => Wildcard || DangerAll;

    /// <summary>It cannot be empty, whatever nodes there are.</summary>
    public bool IsNeverEmpty => MatchesEveryNode || Literals.Length > 0;

    /// <summary>Whether nodes of a class are sources; by a route that they forward, too.</summary>
    public bool Matches(ClassKey key) =>
        MatchesEveryNode || (Allows(key) && (key.ByNode.Intersects(Selectors) || (Postures.IsEmpty && key.ByRoute.Intersects(Selectors))));

    /// <summary>Whether the addresses of a class's nodes are among the sources for what the nodes are.</summary>
    public bool Lists(ClassKey key) => Allows(key) && key.ByNode.Intersects(Listed);

    /// <summary>Whether nodes of a class are sources for what the nodes are; by what they forward nobody logs in.</summary>
    public bool IsNode(ClassKey key) => Allows(key) && key.ByNode.Intersects(Selectors);

    /// <summary>Whether an address inside of the route is a source by itself.</summary>
    public bool Overlaps(IpPrefix route) => MatchesEveryNode || Prefixes.Any(prefix => prefix.Overlaps(route));

    /// <summary>Whether an address is a source by itself, whatever node has it.</summary>
    public bool Says(IPAddress address) => Wildcard || Prefixes.Any(prefix => prefix.Contains(address));

    private bool Allows(ClassKey key) => Postures.IsEmpty || key.ByNode.Intersects(Postures);
}
