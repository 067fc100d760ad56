using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>A filter rule before it is known whose filter it is in.</summary>
internal sealed class RuleTemplate
{
    /// <summary>The rule's place among all; filters keep this order.</summary>
    public required int Ordinal { get; init; }

    public required RuleOrigin Origin { get; init; }

    public required SourceExpression Sources { get; init; }

    public required ImmutableArray<RuleTarget> Targets { get; init; }

    /// <summary>Null: those that clients allow by default.</summary>
    public int? Protocol { get; init; }

    /// <summary>What is granted on the targets; null for a rule of ports.</summary>
    public WireMap<string, WireList<RawJson>?>? Capabilities { get; init; }

    /// <summary>Sources and targets are narrowed to the nodes of one user: <c>autogroup:self</c>.</summary>
    public bool WithinOwner { get; init; }

    /// <summary>Selectors of the tags of routers that the traffic goes through; empty: it goes its own way.</summary>
    public Bits Via { get; init; }

    /// <summary>Only nodes that one of these matches are targets; empty: no condition.</summary>
    public Bits TargetPostures { get; init; }

    public bool HasVia => !Via.IsEmpty;

    /// <summary>
    /// Whether the rule is delivered at all. That of a <c>via</c> grant with capabilities is not, because its targets are not addresses of
    /// the router; it still says who sees the router.
    /// </summary>
    public bool IsDelivered => !HasVia || Capabilities is null;

    /// <summary>The targets that nodes of a class are concerned by.</summary>
    public IEnumerable<RuleTarget> TargetsOn(ClassKey key) =>
        TargetPostures.IsEmpty || key.ByNode.Intersects(TargetPostures) ? Targets.Where(target => Concerns(target, key)) : [];

    private bool Concerns(RuleTarget target, ClassKey key)
    {
        if (HasVia)
        {
            return key.ByNode.Intersects(Via) && target.Kind switch
            {
                RuleTargetKind.Addresses => key.ByRoute.Has(target.Selector),
                RuleTargetKind.Everything => key.Routes.Length > 0,
                RuleTargetKind.Internet => key.IsExit,
                _ => false,
            };
        }

        return target.Kind switch
        {
            RuleTargetKind.Nodes => key.ByNode.Has(target.Selector) && (!WithinOwner || key.Owner is not null),
            RuleTargetKind.Addresses => key.ByNode.Has(target.Selector) || (Capabilities is null && key.ByRoute.Has(target.Selector)),
            RuleTargetKind.Everything => !WithinOwner || key.Owner is not null,
            RuleTargetKind.Internet => key.IsExit,
            RuleTargetKind.Self => key.Owner is not null,
            _ => false,
        };
    }
}
