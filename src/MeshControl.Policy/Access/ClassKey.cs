using System.Collections.Immutable;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Everything of a node that a policy can tell it from others by. Nodes with equal keys are treated alike.</summary>
internal sealed class ClassKey : IEquatable<ClassKey>
{
    /// <summary>Selectors that match the node for what it is.</summary>
    public required Bits ByNode { get; init; }

    /// <summary>Selectors of addresses that overlap a route which the node forwards.</summary>
    public required Bits ByRoute { get; init; }

    /// <summary>Where the policy treats the nodes of each user apart; null where it does not, and for tagged nodes.</summary>
    public required long? Owner { get; init; }

    /// <summary>Null for tagged nodes.</summary>
    public required UserRole? Role { get; init; }

    /// <summary>Approved routes without exit routes, sorted.</summary>
    public required ImmutableArray<IpPrefix> Routes { get; init; }

    /// <summary>Exit routes are approved.</summary>
    public required bool IsExit { get; init; }

    public bool Equals(ClassKey? other) =>
        other is not null
        && ByNode.Equals(other.ByNode)
        && ByRoute.Equals(other.ByRoute)
        && Owner == other.Owner
        && Role == other.Role
        && IsExit == other.IsExit
        && Routes.AsSpan().SequenceEqual(other.Routes.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ClassKey);

    public override int GetHashCode() => HashCode.Combine(ByNode, ByRoute, Owner, Role, IsExit, Routes.Length);
}
