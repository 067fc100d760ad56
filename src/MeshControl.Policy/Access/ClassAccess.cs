using System.Collections.Immutable;

namespace MeshControl.Policy.Access;

/// <summary>What the policy comes to for the nodes of one class.</summary>
internal sealed class ClassAccess
{
    /// <summary>The filter, in order.</summary>
    public ImmutableArray<ClassRule> Rules { get; }

    /// <summary>Classes whose addresses the filter lists: their coming and going changes it.</summary>
    public Bits Lists { get; }

    /// <summary>The filter lists the routes of the tailnet.</summary>
    public bool ListsRoutes { get; }

    // Who may reach the class, by the classes of sources; everybody when the flag is set.
    private readonly Bits _from;
    private readonly bool _fromEverybody;

    private ClassAccess(ImmutableArray<ClassRule> rules, Bits lists, bool listsRoutes, Bits from, bool fromEverybody) =>
        (Rules, Lists, ListsRoutes, _from, _fromEverybody) = (rules, lists, listsRoutes, from, fromEverybody);

    /// <summary>Whether nodes of a class are sources of some rule here.</summary>
    public bool IsOpenTo(int classId) => _fromEverybody || _from.Has(classId);

    public static ClassAccess Of(ClassKey key, CompiledPolicy policy, ClassTable classes)
    {
        var rules = new List<ClassRule>();
        var (lists, from, listsRoutes, everybody) = (Bits.None, Bits.None, false, false);
        foreach (var template in policy.RulesFor(key))
        {
            var targets = template.TargetsOn(key).ToArray();
            var owner = template.WithinOwner ? key.Owner : null;
            if (targets.Length == 0 || (template.Capabilities is null && classes.IsEmpty(template.Sources, owner)))
            {
                continue;
            }

            from = from.Or(classes.Matching(template.Sources, owner));
            everybody |= template.Sources.MatchesEveryNode && owner is null;
            if (!template.IsDelivered)
            {
                continue;
            }

            lists = lists.Or(classes.Listed(template.Sources, owner));
            listsRoutes |= template.Sources.Wildcard && owner is null;
            Add(rules, RuleOf(template, targets, owner), classes);
        }

        return new ClassAccess([.. rules], lists, listsRoutes, from, everybody);
    }

    private static ClassRule RuleOf(RuleTemplate template, RuleTarget[] targets, long? owner) => new()
    {
        Ordinal = template.Ordinal,
        Sources = template.Sources,
        Owner = owner,
        Protocol = template.Protocol,
        Capabilities = template.Capabilities,
        Destinations = template.Capabilities is null ? [.. targets.SelectMany(target => Destinations(target))] : [],
    };

    private static IEnumerable<Destination> Destinations(RuleTarget target) =>
        from text in TextsOf(target)
        from ports in target.Ports
        select new Destination(text, ports);

    private static IEnumerable<string?> TextsOf(RuleTarget target)
    {
        switch (target.Kind)
        {
            case RuleTargetKind.Addresses:
                return FilterText.Of(target.Alias);
            case RuleTargetKind.Everything:
                return ["*"];
            case RuleTargetKind.Internet:
                return FilterText.Internet;
            default:
                return [null];
        }
    }

    /// <summary>Rules for the same sources and protocol become one, which stands where the first of them stood.</summary>
    private static void Add(List<ClassRule> rules, ClassRule rule, ClassTable classes)
    {
        var same = rule.Capabilities is null
            ? rules.FindIndex(earlier => earlier.Capabilities is null && earlier.Protocol == rule.Protocol && classes.AreSame(earlier, rule))
            : -1;
        if (same < 0)
        {
            rules.Add(rule);
        }
        else
        {
            rules[same] = rules[same] with { Destinations = rules[same].Destinations.AddRange(rule.Destinations) };
        }
    }
}
