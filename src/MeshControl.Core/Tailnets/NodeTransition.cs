namespace MeshControl.Core.Tailnets;

/// <summary>One node's way from a snapshot to the next; at least one side is not null.</summary>
public readonly record struct NodeTransition(NodeEntry? Before, NodeEntry? After, NodeAspects Aspects)
{
    public NodeEntry Entry => After ?? Before!;
}
