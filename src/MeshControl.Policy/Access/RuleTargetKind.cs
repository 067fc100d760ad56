namespace MeshControl.Policy.Access;

/// <summary>How a destination is found on a node, and written.</summary>
internal enum RuleTargetKind
{
    /// <summary>Nodes, by what they are: each writes its own addresses.</summary>
    Nodes,

    /// <summary>Addresses, written as in the policy on every node that has one of them or forwards to one.</summary>
    Addresses,

    /// <summary><c>*</c></summary>
    Everything,

    /// <summary>The public address space, on exit nodes.</summary>
    Internet,

    /// <summary>The nodes of the user that owns the node.</summary>
    Self,
}
