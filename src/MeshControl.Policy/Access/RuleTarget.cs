using System.Collections.Immutable;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>A destination of a rule.</summary>
/// <param name="Kind">How it is found.</param>
/// <param name="Alias">As the policy has it; of a set of addresses, one of its prefixes.</param>
/// <param name="Selector">The alias's number.</param>
/// <param name="Ports">Empty for capabilities.</param>
internal sealed record RuleTarget(RuleTargetKind Kind, Alias Alias, int Selector, ImmutableArray<PortRange> Ports)
{
    /// <summary>What an <see cref="RuleTargetKind.Addresses"/> target covers.</summary>
    public ImmutableArray<IpPrefix> Prefixes { get; init; } = [];

    /// <summary>Whether the target covers a part of the route. Targets that are nodes never do.</summary>
    public bool Overlaps(IpPrefix route) =>
        Kind == RuleTargetKind.Everything || (Kind == RuleTargetKind.Addresses && Prefixes.Any(prefix => prefix.Overlaps(route)));
}
