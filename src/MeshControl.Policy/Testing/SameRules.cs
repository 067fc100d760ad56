using System.Runtime.CompilerServices;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Testing;

/// <summary>Lists of the very same rules are equal. To compare the rules themselves would take as long as all that they let in.</summary>
internal sealed class SameRules : IEqualityComparer<WireList<SshRule>>
{
    public static readonly SameRules Instance = new();

    public bool Equals(WireList<SshRule>? left, WireList<SshRule>? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && left.SequenceEqual(right, ReferenceEqualityComparer.Instance));

    public int GetHashCode(WireList<SshRule> rules) =>
        rules.Aggregate(0, (hash, rule) => HashCode.Combine(hash, RuntimeHelpers.GetHashCode(rule)));
}
