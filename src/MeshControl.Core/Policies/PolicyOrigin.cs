namespace MeshControl.Core.Policies;

/// <summary>By which way a policy came. The values are stored.</summary>
public enum PolicyOrigin
{
    /// <summary>Set by an administrator: the command line or the API.</summary>
    Api = 1,

    /// <summary>Read from the file that the configuration names.</summary>
    File = 2,
}
