using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Maps;

/// <summary>What one viewer has to be told in one message, sorted by how it is told.</summary>
internal sealed class MapDelta
{
    /// <summary>The viewer's own entry.</summary>
    public bool Self { get; set; }

    /// <summary>DNS, DERP map and the rest of the settings.</summary>
    public SettingsAspects Settings { get; set; }

    /// <summary>What the viewer was told of who may do what, before this message.</summary>
    public AccessMap? Told { get; set; }

    /// <summary>What the viewer itself may do, or others on it, may differ from that.</summary>
    public bool Access { get; set; }

    /// <summary>Shown whole.</summary>
    public List<NodeEntry> Changed { get; } = [];

    /// <summary>Shown by the fields that changed.</summary>
    public List<(NodeEntry Entry, NodeAspects Aspects)> Patched { get; } = [];

    public List<NodeId> Removed { get; set; } = [];

    /// <summary>Users whose profile changed.</summary>
    public HashSet<UserId> Users { get; set; } = [];

    /// <summary>A node that is shown whole has an owner whose profile the viewer does not know.</summary>
    public bool Profiles { get; set; }
}
