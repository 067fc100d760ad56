namespace MeshControl.Policy.Explain;

/// <summary>What somebody would gain or lose.</summary>
public enum PolicyChangeKind
{
    /// <summary>Ports.</summary>
    Access,

    /// <summary>Tailscale SSH.</summary>
    Ssh,

    /// <summary>A capability or attribute of the node itself.</summary>
    Attribute,

    /// <summary>The approval of a route that the node advertises, without anybody being asked.</summary>
    Route,
}
