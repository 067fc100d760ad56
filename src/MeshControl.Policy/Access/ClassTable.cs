using System.Collections.Immutable;

namespace MeshControl.Policy.Access;

/// <summary>
/// The classes that nodes of a tailnet fall into, and which of them each source expression means. Immutable; a class that appears or
/// goes makes a new table, in which the cells of all classes that it does not concern are the old ones.
/// </summary>
internal sealed class ClassTable
{
    /// <summary>By class id; null where there is none.</summary>
    public required ClassCell?[] Cells { get; init; }

    /// <summary>By class id: how many nodes it has.</summary>
    public required int[] Counts { get; init; }

    public required ImmutableDictionary<ClassKey, int> Ids { get; init; }

    /// <summary>By expression: classes whose addresses it lists.</summary>
    public required Bits[] ListedBy { get; init; }

    /// <summary>By expression: classes of which it means the nodes, by address or by what they forward. Empty for those that mean all.</summary>
    public required Bits[] MatchedBy { get; init; }

    /// <summary>The classes of each user's nodes, where users are kept apart.</summary>
    public required ImmutableDictionary<long, Bits> OfOwner { get; init; }

    /// <summary>Which classes see which.</summary>
    public required ClassSight Sight { get; init; }

    public static ClassTable Empty(CompiledPolicy policy) => new()
    {
        Cells = [],
        Counts = [],
        Ids = ImmutableDictionary<ClassKey, int>.Empty,
        ListedBy = new Bits[policy.Expressions.Length],
        MatchedBy = new Bits[policy.Expressions.Length],
        OfOwner = ImmutableDictionary<long, Bits>.Empty,
        Sight = new ClassSight(0),
    };

    /// <summary>Classes whose addresses are listed for the sources.</summary>
    public Bits Listed(SourceExpression sources, long? owner) =>
        owner is { } user
            ? (sources.MatchesEveryNode ? OwnedBy(user) : ListedBy[sources.Number].And(OwnedBy(user)))
            : ListedBy[sources.Number];

    /// <summary>Classes whose nodes are sources; nothing for sources that everybody belongs to.</summary>
    public Bits Matching(SourceExpression sources, long? owner) =>
        owner is { } user
            ? (sources.MatchesEveryNode ? OwnedBy(user) : MatchedBy[sources.Number].And(OwnedBy(user)))
            : MatchedBy[sources.Number];

    /// <summary>Whether no address at all is meant.</summary>
    public bool IsEmpty(SourceExpression sources, long? owner) =>
        Listed(sources, owner).IsEmpty && (owner is not null || !sources.IsNeverEmpty);

    /// <summary>Whether the sources of two rules are the same addresses now.</summary>
    public bool AreSame(ClassRule one, ClassRule other)
    {
        if (one.Sources == other.Sources && one.Owner == other.Owner)
        {
            return true;
        }

        if (!Listed(one.Sources, one.Owner).Equals(Listed(other.Sources, other.Owner)))
        {
            return false;
        }

        var (left, right) = (Literals(one), Literals(other));
        return left.Wildcard == right.Wildcard && left.DangerAll == right.DangerAll
            && left.Texts.Length == right.Texts.Length && left.Texts.Order(StringComparer.Ordinal).SequenceEqual(right.Texts.Order(StringComparer.Ordinal));
    }

    private static (bool Wildcard, bool DangerAll, ImmutableArray<string> Texts) Literals(ClassRule rule) =>
        rule.Owner is null ? (rule.Sources.Wildcard, rule.Sources.DangerAll, rule.Sources.Literals) : (false, false, []);

    private Bits OwnedBy(long owner) => OfOwner.GetValueOrDefault(owner);
}
