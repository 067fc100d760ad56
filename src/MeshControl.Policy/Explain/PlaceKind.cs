namespace MeshControl.Policy.Explain;

/// <summary>What rules open on a node.</summary>
internal enum PlaceKind
{
    /// <summary>The node itself.</summary>
    Node,

    /// <summary>Addresses behind it.</summary>
    Route,

    /// <summary>The internet, by the node as exit node.</summary>
    Internet,
}
