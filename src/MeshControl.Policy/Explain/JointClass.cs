using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Explain;

/// <summary>Nodes that two policies both treat alike.</summary>
/// <param name="Id">Dense.</param>
/// <param name="Before">Their class by the one policy.</param>
/// <param name="After">Their class by the other.</param>
/// <param name="Nodes">Not empty.</param>
internal sealed record JointClass(int Id, int Before, int After, ImmutableArray<PolicyNode> Nodes)
{
    public PolicyNode First => Nodes[0];

    /// <summary>Whose they are, if one of the policies keeps users apart; else null, or null for some of several users.</summary>
    public long? Owner(AccessMap before, AccessMap after) => KeyIn(before, Before).Owner ?? KeyIn(after, After).Owner;

    public static ClassKey KeyIn(AccessMap map, int classId) => map.Classes.Cells[classId]!.Key;
}
