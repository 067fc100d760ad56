using System.Collections.Immutable;

namespace MeshControl.Policy.Access;

/// <summary>
/// Where rules stand in a whole filter. The service joins rules for the same sources before it leaves out what does not concern a node, so
/// a rule may stand where an earlier one was that concerns other nodes alone. To clients the order means nothing.
/// </summary>
internal sealed class RulePlaces
{
    private readonly ClassTable _classes;
    private readonly Dictionary<Key, int> _places = [];

    public RulePlaces(CompiledPolicy policy, ClassTable classes)
    {
        _classes = classes;
        var present = classes.Cells.Aggregate(Bits.None, (found, cell) => cell is null ? found : found.Or(cell.Key.ByNode));
        foreach (var rule in policy.Rules.Where(IsEverybodys))
        {
            var reachesAnything = rule.Targets.Any(target => target.Kind != RuleTargetKind.Nodes || present.Has(target.Selector));
            if (reachesAnything && !classes.IsEmpty(rule.Sources, owner: null))
            {
                _places.TryAdd(KeyOf(rule.Sources, owner: null, rule.Protocol), rule.Ordinal);
            }
        }
    }

    /// <summary>The rules of one filter in the order in which the service has them.</summary>
    public IEnumerable<ClassRule> Sorted(ImmutableArray<ClassRule> rules) => rules.OrderBy(PlaceOf);

    private int PlaceOf(ClassRule rule) =>
        rule.Capabilities is null && _places.TryGetValue(KeyOf(rule.Sources, rule.Owner, rule.Protocol), out var place)
            ? Math.Min(place, rule.Ordinal)
            : rule.Ordinal;

    /// <summary>Rules that only some nodes have at all concern those that have them.</summary>
    private static bool IsEverybodys(RuleTemplate rule) => rule.Capabilities is null && !rule.HasVia && !rule.WithinOwner;

    private Key KeyOf(SourceExpression sources, long? owner, int? protocol)
    {
        var listed = _classes.Listed(sources, owner);
        return owner is null
            ? new Key(listed, sources.Wildcard, sources.DangerAll, string.Join(' ', sources.Literals.Order(StringComparer.Ordinal)), protocol)
            : new Key(listed, Wildcard: false, DangerAll: false, Literals: "", protocol);
    }

    private readonly record struct Key(Bits Listed, bool Wildcard, bool DangerAll, string Literals, int? Protocol);
}
