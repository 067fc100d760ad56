namespace MeshControl.Core.Model;

/// <summary>How a node was let in the last time. The values are stored.</summary>
public enum RegisterMethod
{
    /// <summary>By a pre-auth key.</summary>
    AuthKey = 1,

    /// <summary>An administrator approved its login.</summary>
    Cli = 2,
}
