namespace MeshControl.Policy.Explain;

/// <summary>What somebody asks about.</summary>
public enum SubjectKind
{
    /// <summary>Nodes, be they named one by one or by what they have in common.</summary>
    Nodes,

    /// <summary>Addresses that no node has: behind a router, or anywhere.</summary>
    Addresses,

    /// <summary>The public address space, by way of exit nodes.</summary>
    Internet,
}
