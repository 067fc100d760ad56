namespace MeshControl.Policy.Explain;

/// <summary>The answer to an <see cref="AccessQuestion"/>.</summary>
public enum AccessVerdict
{
    Denied,

    /// <summary>Some of the nodes, or some of the ports and protocols asked for.</summary>
    Partly,

    Allowed,
}
