using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.World;

/// <summary>What of the tailnet itself a policy depends on.</summary>
public sealed record PolicyTailnet
{
    /// <summary>Where its nodes have their addresses from.</summary>
    public ImmutableArray<IpPrefix> Prefixes { get; init; } = [];

    /// <summary>
    /// E-mail domains that belong to it, compared exactly; null: any. Policies may speak of all users of such a domain.
    /// </summary>
    public ImmutableArray<string>? Domains { get; init; }
}
