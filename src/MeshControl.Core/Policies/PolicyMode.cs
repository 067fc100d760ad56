namespace MeshControl.Core.Policies;

/// <summary>Where the truth about a policy lies.</summary>
public enum PolicyMode
{
    /// <summary>In the database: administrators set policies with the command line or the API.</summary>
    Database,

    /// <summary>In a file that somebody else looks after; the database keeps what the server accepted of it.</summary>
    File,
}
