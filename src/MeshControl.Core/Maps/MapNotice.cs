using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Maps;

/// <summary>What of a published change one session is told.</summary>
internal struct MapNotice
{
    /// <summary>The viewer's own node.</summary>
    public NodeTransition? Self { get; set; }

    /// <summary>Nodes that are gone and that it may have been shown. Shared with others.</summary>
    public IReadOnlyList<NodeTransition>? Gone { get; set; }

    /// <summary>Nodes that changed or came, and that it sees now. Shared with others.</summary>
    public IReadOnlyList<NodeTransition>? Changed { get; set; }

    /// <summary>Who may do what changed in a way that may concern it.</summary>
    public bool Access { get; set; }

    /// <summary>Settings and profiles of users: those concern anybody.</summary>
    public bool Rest { get; set; }
}
