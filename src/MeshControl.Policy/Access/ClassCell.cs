namespace MeshControl.Policy.Access;

/// <summary>A class and, once somebody has asked, its access. Carried from one map to the next for as long as that is the same.</summary>
internal sealed class ClassCell(ClassKey key, Bits uses, Bits usesWithinOwner)
{
    private ClassAccess? _access;

    public ClassKey Key { get; } = key;

    /// <summary>Expressions of rules that may concern the class.</summary>
    public Bits Uses { get; } = uses;

    /// <summary>Those of rules that are narrowed to the nodes of the class's owner.</summary>
    public Bits UsesWithinOwner { get; } = usesWithinOwner;

    /// <summary>Several may compute it at once; what they find is the same.</summary>
    public ClassAccess Access(CompiledPolicy policy, ClassTable classes) =>
        Volatile.Read(ref _access) ?? Interlocked.CompareExchange(ref _access, ClassAccess.Of(Key, policy, classes), null) ?? _access;

    public ClassCell Renewed() => new(Key, Uses, UsesWithinOwner);

    public static ClassCell Create(ClassKey key, CompiledPolicy policy)
    {
        var (uses, within) = (new List<int>(), new List<int>());
        foreach (var rule in policy.RulesFor(key))
        {
            (rule.WithinOwner ? within : uses).Add(rule.Sources.Number);
        }

        return new ClassCell(key, Bits.Of(uses), Bits.Of(within));
    }
}
